/** Stands in for the package `uc.micro`: browsers know the kinds of letters by themselves. */
export const P = /\p{P}/u;
export const S = /\p{S}/u;
