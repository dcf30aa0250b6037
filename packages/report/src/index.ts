export { type ModelCard, renderCard } from './card.ts';
export type { Block, Cell, Figure, Quote, Report, Section } from './document.ts';
export { escapeHtml } from './escape.ts';
export { renderReport } from './render.ts';
