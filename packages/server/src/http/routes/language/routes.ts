/** What is asked of large models. */
import type { Route } from '../route.ts';
import { transcriptionRoute, translationRoute } from './audio.ts';
import { chatRoute } from './chat.ts';
import { completionsRoute } from './completions.ts';
import type { LanguageRoutesOptions } from './named.ts';
import { rerankRoute } from './rerank.ts';

export function languageRoutes(options: LanguageRoutesOptions): Route[] {
  const { languages } = options;
  const routes = [chatRoute, completionsRoute, rerankRoute, transcriptionRoute, translationRoute];
  return routes.map((make) => ({
    ...make(options),
    // Which model a request is about stands in its body.
    tally: (context) => languages.find(context.get('language') ?? '')?.monitoring.traffic,
  }));
}
