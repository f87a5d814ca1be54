export const TENSORFLOW_MODULES: Readonly<Record<string, string>> = {};
