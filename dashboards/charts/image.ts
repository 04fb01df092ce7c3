import { svgElement } from './svg.ts'

// A drawing has one role, one name and no style of its own: Plot's inline sheet would need a wider Content-Security-Policy.

/** Plot labels its groups; a drawing with a title and a table beside it needs one name only. */
export const asImage = (svg: SVGSVGElement, name: string) => {
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', name)
  for (const group of svg.querySelectorAll('[aria-label], [aria-hidden], [aria-description]')) {
    for (const attribute of ['aria-label', 'aria-hidden', 'aria-description']) group.removeAttribute(attribute)
  }
  svg.querySelector(':scope > style')?.remove()
  return svg
}

const painted = ['fill', 'stroke', 'color'] as const

/** What a saved drawing says of itself, above and below. */
export type Words = { title: string; subtitle: string; notes: string[] }

const family = '"Fira Sans", Arial, sans-serif'
const edge = 16

type Style = { size: number; weight: number; fill: string }
const wrapped = (text: string, width: number, { size, weight }: Style): string[] => {
  const context = document.createElement('canvas').getContext('2d')!
  context.font = `${weight} ${size}px ${family}`
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`
    if (lines.length > 0 && context.measureText(longer).width <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

const paragraph = (text: string, { width, y }: { width: number; y: number }, style: Style) => {
  const lines = wrapped(text, width, style)
  const height = Math.round(style.size * 1.4)
  const elements = lines.map((line, at) => {
    const { size, weight, fill } = style
    const place = { x: edge, y: Math.round(y + (at + 0.8) * height) }
    return svgElement(document, 'text', { ...place, 'font-size': size, 'font-weight': weight, fill }, document.createTextNode(line))
  })
  return { elements, height: lines.length * height }
}

/** A drawing that stands alone: colours resolved, font named, paper behind it, and the words that belong to it. */
const standalone = (svg: SVGSVGElement, { title, subtitle, notes }: Words) => {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const originals = [svg, ...svg.querySelectorAll<SVGElement>('*')]
  const copies = [copy, ...copy.querySelectorAll<SVGElement>('*')]
  originals.forEach((original, index) => {
    const style = getComputedStyle(original)
    for (const property of painted) {
      if (original.getAttribute(property)?.includes('var(')) copies[index]!.setAttribute(property, style.getPropertyValue(property))
    }
  })
  const [inner, innerHeight] = [Number(svg.getAttribute('width')), Number(svg.getAttribute('height'))]
  const width = inner + 2 * edge
  const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const [ink, muted] = [token('--sj-ink'), token('--sj-muted')]
  let y = edge
  const write = (text: string, style: Style) => {
    const { elements, height } = paragraph(text, { width: inner, y }, style)
    y += height
    return elements
  }
  const above = [...write(title, { size: 18, weight: 600, fill: ink }), ...write(subtitle, { size: 14, weight: 400, fill: muted })]
  y += 8
  for (const [name, value] of Object.entries({ x: edge, y, overflow: 'visible', 'font-size': 12 })) copy.setAttribute(name, String(value))
  for (const name of ['style', 'font-family', 'role', 'aria-label']) copy.removeAttribute(name)
  y += innerHeight + 8
  const below = notes.flatMap((note) => write(note, { size: 13, weight: 400, fill: muted }))
  const height = y + edge
  const paper = svgElement(document, 'rect', { width, height, fill: '#fff' })
  const attributes = { width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': family, role: 'img', 'aria-label': title }
  const sheet = svgElement(document, 'svg', attributes, paper, ...above, copy, ...below)
  return { text: new XMLSerializer().serializeToString(sheet), width, height }
}

export const svgFile = (svg: SVGSVGElement, words: Words) =>
  new Blob([standalone(svg, words).text], { type: 'image/svg+xml;charset=utf-8' })

/** Twice the size on screen, for print and slides. */
export const pngFile = async (svg: SVGSVGElement, words: Words): Promise<Blob> => {
  const { text, width, height } = standalone(svg, words)
  const image = new Image()
  // a data URL, since the Content-Security-Policy knows no blob: images
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * 2)
  canvas.height = Math.round(height * 2)
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the drawing could not be written as PNG'))), 'image/png'),
  )
}

export const saveFile = (file: Blob, name: string) => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
