/** The version of all packages. The one place where it stands: packing writes it into their manifests. */
export const VERSION = '0.1.0';
