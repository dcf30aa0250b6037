export { LANGUAGES, type Language, type Localized } from './localized.ts';
export { Random } from './random.ts';
export { UserError } from './user-error.ts';
