import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Context, Handler } from 'hono'

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.geojson': 'application/geo+json',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}
const packed = new Set(['.woff2', '.woff', '.png', '.jpg', '.webp'])

type Asset = { body: Buffer<ArrayBuffer>; gzipped: Buffer<ArrayBuffer> | undefined; type: string; etag: string; cache: string }

const load = async (folder: string, file: string): Promise<Asset> => {
  const body = await readFile(path.join(folder, file))
  const extension = path.extname(file)
  const gzipped =
    packed.has(extension) || body.length < 1024 ? undefined : ((await promisify(gzip)(body, { level: 9 })) as Buffer<ArrayBuffer>)
  return {
    body,
    gzipped,
    type: mediaTypes[extension] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    // vite writes the hash of the content into the names below assets/
    cache: file.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
}

const answer = (c: Context, asset: Asset) => {
  const headers: Record<string, string> = {
    'Content-Type': asset.type,
    'Cache-Control': asset.cache,
    ETag: asset.etag,
    Vary: 'Accept-Encoding',
  }
  if (c.req.header('If-None-Match')?.includes(asset.etag)) return c.body(null, 304, headers)
  const zipped = asset.gzipped && /\bgzip\b/.test(c.req.header('Accept-Encoding') ?? '') ? asset.gzipped : undefined
  if (zipped) headers['Content-Encoding'] = 'gzip'
  return c.body(zipped ?? asset.body, 200, { ...headers, 'Content-Length': String((zipped ?? asset.body).length) })
}

/** Serves the built dashboards from memory; every page's path answers with the one page, whose state is the URL. */
export const assetHandler = async (folder: string): Promise<Handler> => {
  const files = existsSync(folder) ? await readdir(folder, { recursive: true, withFileTypes: true }) : []
  const assets = new Map<string, Asset>()
  for (const entry of files.filter((found) => found.isFile() && !found.name.startsWith('.'))) {
    const file = path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/')
    assets.set(`/${file}`, await load(folder, file))
  }
  return (c) => {
    const isPage = !path.posix.basename(c.req.path).includes('.')
    const asset = assets.get(isPage ? '/index.html' : c.req.path)
    return asset ? answer(c, asset) : c.notFound()
  }
}
