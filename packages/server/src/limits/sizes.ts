/** How large things may be. */

/** Bytes of a request's body; uploads are streamed, and have no limit but the disk's. */
export const LARGEST_BODY = 10 * 2 ** 20;

/** Bytes of a form without a file. */
export const LARGEST_FORM = 2 ** 20;

/** Characters of a message. */
export const LONGEST_MESSAGE = 1000;
