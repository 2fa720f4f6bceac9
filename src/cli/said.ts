/** What a command says and how it ends: 0 all is well, 1 the policy is wrong or something differs, 2 the command is wrong. */
export type Said = { readonly exit: 0 | 1 | 2; readonly out: string }

export const didYouMean = (near: string | undefined, name?: string): string =>
  near === undefined || near === name ? '' : `; did you mean ${near}?`
