/**
 * All colours of reports. Colour-blind readers can distinguish those that carry meaning: series and tones are Okabe and
 * Ito's ("Color Universal Design", 2008), the diverging scale is ColorBrewer's RdBu (Harrower and Brewer, 2003), and
 * the levels differ in lightness as well as in hue.
 */

/** The page, in light and in dark. Charts are drawn in the light colours and inverted with the page. */
export const PAGE = {
  light: {
    ink: '#1c2430',
    soft: '#5b6675',
    line: '#dfe4ea',
    paper: '#ffffff',
    panel: '#f5f7f9',
    accent: '#2456c7',
    info: '#e8f0fe',
    warning: '#fff4d6',
    good: '#e3f5e8',
  },
  dark: {
    ink: '#e8ecf1',
    soft: '#a2adba',
    line: '#333c47',
    paper: '#14181d',
    panel: '#1c2229',
    accent: '#8ab4ff',
    info: '#1b2b47',
    warning: '#3b3115',
    good: '#17341f',
  },
} as const;

/** Text in charts, the gaps between cells, and a single series. */
export const { ink: INK, paper: PAPER, accent: ACCENT } = PAGE.light;
export const AXIS = '#c9d1db';
export const PALE_ACCENT = '#8fb0ef';

/** Lines beside each other. */
export const SERIES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

/** Groups that are judged: vermilion, bluish green, grey. */
export const TONES = { bad: '#d55e00', good: '#009e73', neutral: '#7f7f7f' } as const;

/** From negative to positive, white in the middle. */
export const DIVERGING = ['#b2182b', '#f4a582', '#f7f7f7', '#92c5de', '#2166ac'];
/** From none to many. */
export const SEQUENTIAL = ['#ffffff', '#2f5fa7'];
/** Calm, close to the limit, beyond it. */
export const LEVELS = ['#e4ecf7', '#f6c667', '#c0392b'] as const;
