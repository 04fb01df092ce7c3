export const svgNamespace = 'http://www.w3.org/2000/svg'

export const svgElement = <Name extends keyof SVGElementTagNameMap>(
  document: Document,
  name: Name,
  attributes: Record<string, string | number>,
  ...children: Node[]
): SVGElementTagNameMap[Name] => {
  const element = document.createElementNS(svgNamespace, name)
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value))
  element.append(...children)
  return element
}
