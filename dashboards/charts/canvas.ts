import type { DistrictShape } from './districts.ts'

/** What a drawing is made on: the page, or outside of one a document and shapes that are brought along. */
export type Canvas = { width: number; document?: Document; districts?: () => Promise<DistrictShape[]> }
