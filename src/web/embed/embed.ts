/**
 * <moneyback-refunds>: the refund portal on the merchant's own page. It makes one frame and talks with it by messages; who
 * speaks is checked on both sides. Attributes: `token` or `jwt` (how the customer comes in), `lang` and `theme` (otherwise
 * those of the page around it). It says `moneyback-signed-out` when a visit is over: set a new token then.
 */
;(() => {
  const name = 'moneyback-refunds'
  const own = document.currentScript ?? document.querySelector('script[src$="/portal/embed.js"]')
  if (!(own instanceof HTMLScriptElement) || customElements.get(name)) return
  const { origin } = new URL(own.src)

  /** The page's language, and whether it is light or dark, told by the colour of its text. */
  function surroundings(element: HTMLElement): { lang: string; theme: 'light' | 'dark' } {
    const lang = element.getAttribute('lang') ?? document.documentElement.lang
    const wanted = element.getAttribute('theme')
    if (wanted === 'light' || wanted === 'dark') return { lang, theme: wanted }
    const ink = (getComputedStyle(element).color.match(/[\d.]+/g) ?? []).map(Number)
    const [red = 0, green = 0, blue = 0] = ink
    return { lang, theme: 0.3 * red + 0.6 * green + 0.1 * blue > 140 ? 'dark' : 'light' }
  }

  class MoneybackRefunds extends HTMLElement {
    static readonly observedAttributes = ['token', 'jwt', 'lang', 'theme']
    #frame: HTMLIFrameElement | undefined
    #ready = false
    #ended: AbortController | undefined

    connectedCallback(): void {
      const ended = new AbortController()
      this.#ended = ended
      this.style.display = 'block'
      const { lang, theme } = surroundings(this)
      const frame = document.createElement('iframe')
      const query = new URLSearchParams({ origin: location.origin, lang, theme })
      frame.src = `${origin}/portal/embed?${query.toString()}`
      frame.title = this.getAttribute('title') ?? 'Refunds'
      frame.allow = 'clipboard-write'
      frame.style.cssText = 'display:block;width:100%;height:420px;border:0;color-scheme:normal'
      this.replaceChildren(frame)
      this.#frame = frame
      addEventListener('message', (event) => this.#hear(event), { signal: ended.signal })
      const tell = () => this.#tell({ moneyback: 'look', ...surroundings(this) })
      matchMedia('(prefers-color-scheme: dark)').addEventListener('change', tell, { signal: ended.signal })
      const watch = new MutationObserver(tell)
      watch.observe(document.documentElement, { attributes: true })
      watch.observe(document.body, { attributes: true })
      ended.signal.addEventListener('abort', () => watch.disconnect())
    }

    disconnectedCallback(): void {
      this.#ended?.abort()
      this.#ready = false
    }

    attributeChangedCallback(changed: string): void {
      if (!this.#ready) return
      if (changed === 'token' || changed === 'jwt') this.#handOver()
      else this.#tell({ moneyback: 'look', ...surroundings(this) })
    }

    #tell(message: Record<string, string>): void {
      this.#frame?.contentWindow?.postMessage(message, origin)
    }

    #handOver(): void {
      const [token, jwt] = [this.getAttribute('token'), this.getAttribute('jwt')]
      if (token) this.#tell({ moneyback: 'enter', token })
      else if (jwt) this.#tell({ moneyback: 'enter', jwt })
    }

    #hear({ data, origin: from, source }: MessageEvent): void {
      if (from !== origin || source !== this.#frame?.contentWindow || typeof data !== 'object' || data === null) return
      const { moneyback, height } = data as { moneyback?: unknown; height?: unknown }
      if (moneyback === 'ready') {
        this.#ready = true
        this.#handOver()
      } else if (moneyback === 'height' && typeof height === 'number' && height > 0 && height < 20_000) {
        this.#frame.style.height = `${Math.ceil(height)}px`
      } else if (moneyback === 'moved') {
        this.scrollIntoView({ block: 'nearest' })
      } else if (moneyback === 'signed_out') {
        this.dispatchEvent(new CustomEvent('moneyback-signed-out', { bubbles: true }))
      }
    }
  }
  customElements.define(name, MoneybackRefunds)
})()
