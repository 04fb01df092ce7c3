/** What keeps the product from starting and the administrator can mend: one German sentence, shown without a stack. */
export class StartProblem extends Error {}
