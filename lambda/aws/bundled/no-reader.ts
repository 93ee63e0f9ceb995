import { PlumblineError } from '#core/errors.ts';

/** Stands for every reader in a function that has no right to read what is watched: it asks others to look. */
export const reader = new Proxy(
  {},
  {
    get: (_nothing, member) => {
      // A promise that resolves to this asks whether it is one.
      if (member === 'then') return undefined;
      throw new PlumblineError(
        'AWS_REFUSED',
        'this function has no right to read what is watched, and no reader for it',
      );
    },
  },
);
