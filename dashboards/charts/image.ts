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

/** A drawing that stands alone: colours resolved, font named, paper behind it. */
const standalone = (svg: SVGSVGElement) => {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const originals = [svg, ...svg.querySelectorAll<SVGElement>('*')]
  const copies = [copy, ...copy.querySelectorAll<SVGElement>('*')]
  originals.forEach((original, index) => {
    const style = getComputedStyle(original)
    for (const property of painted) {
      if (original.getAttribute(property)?.includes('var(')) copies[index]!.setAttribute(property, style.getPropertyValue(property))
    }
  })
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('font-family', 'Fira Sans, Arial, sans-serif')
  copy.setAttribute('font-size', '12')
  copy.removeAttribute('style')
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  for (const [name, value] of Object.entries({ width: '100%', height: '100%', fill: '#fff' })) paper.setAttribute(name, value)
  copy.prepend(paper)
  return copy
}

export const svgFile = (svg: SVGSVGElement) =>
  new Blob([new XMLSerializer().serializeToString(standalone(svg))], { type: 'image/svg+xml;charset=utf-8' })

/** Twice the size on screen, for print and slides. */
export const pngFile = async (svg: SVGSVGElement): Promise<Blob> => {
  const { width, height } = svg.getBoundingClientRect()
  const image = new Image()
  // a data URL, since the Content-Security-Policy knows no blob: images
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(standalone(svg)))}`
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
