// Addresses without reloading: links of this origin and the back button change the page, everything else stays the browser's.

export type Navigation = {
  /** A new entry in the browser's history, or the current one changed. */
  go: (url: string, options?: { replace?: boolean }) => void
  stop: () => void
}

const isPlainClick = (event: MouseEvent) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.defaultPrevented

const linkOf = (event: MouseEvent) => {
  const link = event.composedPath().find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement)
  if (!link || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return undefined
  // a place on the same page is the browser's own business
  const samePage = link.pathname === location.pathname && link.search === location.search
  return samePage && link.hash !== '' ? undefined : link
}

export const startNavigation = (changed: (url: URL, moved: boolean) => void): Navigation => {
  const go: Navigation['go'] = (url, { replace = false } = {}) => {
    const before = location.pathname
    if (replace) history.replaceState(null, '', url)
    else history.pushState(null, '', url)
    changed(new URL(location.href), before !== location.pathname)
  }
  let clickedBefore: EventTarget | null = null
  const clicked = (event: MouseEvent) => {
    const before = clickedBefore
    clickedBefore = event.target
    const link = isPlainClick(event) ? linkOf(event) : undefined
    if (!link) return
    event.preventDefault()
    // a double click was meant for what stood here at its first click
    const moved = event.detail > 1 && !(before instanceof Node && link.contains(before))
    if (!moved) go(link.href)
  }
  const returned = () => changed(new URL(location.href), false)
  document.addEventListener('click', clicked)
  addEventListener('popstate', returned)
  const stop = () => {
    document.removeEventListener('click', clicked)
    removeEventListener('popstate', returned)
  }
  return { go, stop }
}

/** How a page asks for another address. */
export class Navigate extends Event {
  readonly url: string
  readonly replace: boolean
  constructor(url: string, { replace = false } = {}) {
    super('sj-navigate', { bubbles: true })
    this.url = url
    this.replace = replace
  }
}
