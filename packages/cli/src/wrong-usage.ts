import { UserError } from '@gradus/base';

/** The command was not typed as it must be: exit code 2. */
export class WrongUsage extends UserError {}
