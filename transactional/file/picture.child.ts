// Reads a picture from its standard input and writes it anew, without what else stood in the file: a process of its own, since a picture
// may come from anybody.
import { buffer } from 'node:stream/consumers'
import sharp from 'sharp'
import { watchMemory } from './own-process.ts'

watchMemory()
sharp.cache(false)
sharp.concurrency(1)

const asPhoto = process.argv[2] === 'photo'
// a sheet of A3 at 300 dots per inch has 4,961
const longest = asPhoto ? 2000 : 5000

const picture = sharp(await buffer(process.stdin), { limitInputPixels: 100_000_000, failOn: 'error' })
const { format } = await picture.metadata()
picture.autoOrient().resize({ width: longest, height: longest, fit: 'inside', withoutEnlargement: true })
if (asPhoto) picture.flatten({ background: '#fff' }).jpeg({ quality: 82 })
else if (format === 'png') picture.png({ compressionLevel: 9 })
else picture.jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
process.stdout.write(await picture.toBuffer(), () => process.exit(0))
