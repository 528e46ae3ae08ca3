// @ts-check
/** The frame of every page: where one is, where one can go, and how the connection stands. */
import { html, nothing } from 'lit';
import { View } from './components/view.js';
import { icon, logo } from './components/icons.js';
import { connection, onConnection, refresh, Watch } from './live.js';
import { href, onPlace, place } from './router.js';
import { nextTheme, theme } from './theme.js';
import { onLoaded, pages, viewOf } from './pages.js';
import './palette.js';

const THEME_ICONS = /** @type {const} */ ({ system: 'system', light: 'sun', dark: 'moon' });

const LINKS = /** @type {const} */ ({
  online: ['Live', 'Connected'],
  connecting: ['Connecting', 'Connecting'],
  waiting: ['Reconnecting', 'The node does not answer'],
});

class Shell extends View {
  static properties = {
    at: { state: true },
    menu: { state: true },
    chosenTheme: { state: true },
    link: { state: true },
    palette: { state: true },
  };

  constructor() {
    super();
    this.at = place();
    this.menu = false;
    this.chosenTheme = theme();
    this.link = connection();
    this.palette = false;
    this.cluster = new Watch(this, () => '/v1/cluster', { everyMillis: 5000 });
    /** @type {(() => void)[]} */
    this.ends = [];
    this.onKey = this.onKey.bind(this);
  }

  connectedCallback() {
    super.connectedCallback();
    this.ends = [
      onPlace(() => this.onPlace()),
      onConnection(() => {
        this.link = connection();
      }),
      onLoaded(() => this.requestUpdate()),
    ];
    addEventListener('keydown', this.onKey);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.ends.forEach((end) => end());
    removeEventListener('keydown', this.onKey);
  }

  onPlace() {
    const before = this.at.path;
    this.at = place();
    this.closeMenu();
    if (before.join('\n') !== this.at.path.join('\n')) {
      this.onMoved();
    }
  }

  /** Another page begins at its top; the focus goes along with whoever followed a link that is gone now. */
  async onMoved() {
    const main = /** @type {HTMLElement} */ (this.querySelector('#main'));
    const within = main.contains(document.activeElement);
    main.scrollTop = 0;
    await this.updateComplete;
    if (within && !main.contains(document.activeElement)) {
      main.focus({ preventScroll: true });
    }
  }

  /** @param {Map<string, any>} changed */
  updated(changed) {
    if (changed.has('at')) {
      const crumbs = this.crumbs();
      document.title = [...crumbs.map((crumb) => crumb.text).reverse(), 'Thalweg'].join(' · ');
    }
    if (changed.has('menu') && this.menu) {
      /** @type {HTMLElement | null} */ (this.querySelector('.nav a'))?.focus();
    }
  }

  closeMenu() {
    if (this.menu) {
      this.menu = false;
      /** @type {HTMLElement | null} */ (this.querySelector('.menu-button'))?.focus();
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key.toLowerCase() === 'k' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      this.palette = true;
    } else if (event.key === 'Escape') {
      this.closeMenu();
    }
  }

  /** @returns {{text: string, to: string}[]} */
  crumbs() {
    const [section, name] = this.at.path;
    const page = pages.find((one) => one.path === (section ?? '')) ?? { title: 'Not found', path: '' };
    const crumbs = [{ text: page.title, to: href(page.path ? [page.path] : []) }];
    if (name !== undefined) {
      crumbs.push({ text: name, to: href([section, name]) });
    }
    return crumbs;
  }

  render() {
    const section = this.at.path[0] ?? '';
    const crumbs = this.crumbs();
    return html`
      <a class="skip" href="#main" @click=${this.toMain}>Skip to content</a>
      <aside class="side ${this.menu ? 'open' : ''}" id="side">
        <a class="brand" href=${href([])}>${logo}<span>Thalweg</span></a>
        <nav class="nav" aria-label="Sections">
          ${pages.map(
            (page) => html`<a href=${href(page.path ? [page.path] : [])} aria-current=${page.path === section ? 'page' : nothing}>
              ${icon(page.icon)}<span>${page.title}</span></a>`,
          )}
        </nav>
        <div class="side-foot">${this.cluster.value ? this.nodeLine(this.cluster.value) : nothing}</div>
      </aside>
      <div class="scrim ${this.menu ? 'open' : ''}" @click=${this.closeMenu}></div>
      <header class="top">
        <button class="button quiet icon menu-button" aria-label="Menu" aria-expanded=${this.menu} aria-controls="side" @click=${() => (this.menu ? this.closeMenu() : (this.menu = true))}>${icon('menu')}</button>
        <nav class="crumbs" aria-label="Place">
          ${crumbs.map((crumb, i) =>
            i === crumbs.length - 1
              ? html`<span class="here" title=${crumb.text}>${crumb.text}</span>`
              : html`<a href=${crumb.to}>${crumb.text}</a><span class="sep">/</span>`,
          )}
        </nav>
        ${this.connectionView()}
        <button class="button quiet" @click=${() => (this.palette = true)} aria-label="Search and commands">${icon('search')}<kbd class="p2">Ctrl K</kbd></button>
        <button class="button quiet icon" @click=${() => (this.chosenTheme = nextTheme())} aria-label=${'Colours: ' + this.chosenTheme} title=${'Colours: ' + this.chosenTheme}>
          ${icon(THEME_ICONS[this.chosenTheme])}
        </button>
      </header>
      <main class="main" id="main" tabindex="-1">${viewOf(this.at)}</main>
      ${this.palette ? html`<tw-palette @close=${() => (this.palette = false)}></tw-palette>` : nothing}
    `;
  }

  /** @param {Event} event */
  toMain(event) {
    event.preventDefault();
    /** @type {HTMLElement | null} */ (this.querySelector('#main'))?.focus();
  }

  /** @param {any} cluster */
  nodeLine(cluster) {
    const alive = cluster.brokers.filter((/** @type {any} */ broker) => broker.alive).length;
    const nodes = cluster.brokers.length === 1 ? `Node ${cluster.brokers[0].id}` : `${alive} of ${cluster.brokers.length} nodes alive`;
    return html`${nodes}<br><span class="mono break">${cluster.clusterId}</span>`;
  }

  connectionView() {
    const [text, title] = LINKS[this.link.state];
    return html`<span class="connection ${this.link.state}" role="status" title=${title}><span>${text}</span></span>
      ${this.link.state === 'waiting' ? html`<button class="button small" @click=${refresh}>Try now</button>` : nothing}`;
  }
}
customElements.define('tw-shell', Shell);
