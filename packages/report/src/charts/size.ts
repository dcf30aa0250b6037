/** Charts are drawn this wide, in pixels, and scaled to the page. */
export const WIDTH = 860;
