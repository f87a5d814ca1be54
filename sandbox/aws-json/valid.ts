/**
 * An SDK input type after validation. The SDK types a required member as `T | undefined`, for callers who build the input in
 * steps; once the service model has been enforced, it is there.
 */
export type Valid<T> = T extends Date | Uint8Array
  ? T
  : T extends readonly (infer Item)[]
    ? Valid<Item>[]
    : T extends object
      ? {
          [Key in keyof T]: Record<never, never> extends Pick<T, Key>
            ? Valid<T[Key]>
            : Valid<Exclude<T[Key], undefined>>;
        }
      : T;
