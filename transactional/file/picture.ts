import { RuleViolation } from '../rule-violation.ts'
import { inOwnProcess, oneAtATime } from './own-process.ts'

/** What a picture is taken in for: to be looked at, or to be read. */
export type PictureUse = 'photo' | 'paper'

const inTurn = oneAtATime()

/**
 * A PNG or JPEG made anew from its pixels, upright and no larger than its use needs: places, times, persons and cameras noted in it stay
 * behind. A photo becomes a JPEG. @throws RuleViolation where it cannot be read
 */
export const madeAnew = async (content: Uint8Array, use: PictureUse): Promise<Buffer> => {
  const picture = await inTurn(() => inOwnProcess('picture.child.ts', content, use))
  if (picture === undefined || picture.length === 0) throw new RuleViolation('picture_damaged')
  return picture
}
