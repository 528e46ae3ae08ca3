// @ts-check
/** Dialogs and short notes, over the whole page. */
import { html, nothing } from 'lit';
import { View } from './view.js';
import { icon } from './icons.js';

/**
 * A native dialog that is open while it is in the page.
 * Content: head (text), body, foot (templates). It says "close" when it was closed.
 */
export class Dialog extends View {
  static properties = {
    heading: {},
    body: { attribute: false },
    foot: { attribute: false },
    kind: {},
  };

  constructor() {
    super();
    this.heading = '';
    /** @type {unknown} */
    this.body = nothing;
    /** @type {unknown} */
    this.foot = nothing;
    this.kind = '';
    /** what had the focus before @type {Element | null} */
    this.opener = null;
  }

  /** A dialog that is taken out of the page while it is open does not give the focus back by itself. */
  disconnectedCallback() {
    super.disconnectedCallback();
    const opener = this.opener;
    requestAnimationFrame(() => {
      if (document.activeElement === document.body && opener instanceof HTMLElement && opener.isConnected) {
        opener.focus();
      }
    });
  }

  firstUpdated() {
    this.opener = document.activeElement;
    this.querySelector('dialog')?.showModal();
    /** @type {HTMLElement | null} */ (this.querySelector('[autofocus]'))?.focus();
  }

  close() {
    this.querySelector('dialog')?.close();
  }

  render() {
    return html`<dialog class=${this.kind} aria-label=${this.heading} @close=${() => this.dispatchEvent(new Event('close'))} @click=${this.onBackdrop}>
      <div class="dialog-head">
        <h2>${this.heading}</h2>
        <button type="button" class="button quiet icon" aria-label="Close" @click=${this.close}>${icon('close')}</button>
      </div>
      ${this.body} ${this.foot}
    </dialog>`;
  }

  /** @param {MouseEvent} event */
  onBackdrop(event) {
    if (event.target instanceof HTMLDialogElement && event.detail > 0) {
      const box = event.target.getBoundingClientRect();
      const inside =
        event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) {
        this.close();
      }
    }
  }
}
customElements.define('tw-dialog', Dialog);

/** Asks for the name of what will be gone, before it is gone. Says "confirm" and "close". */
export class ConfirmByName extends View {
  static properties = {
    heading: {},
    name: {},
    text: { attribute: false },
    action: {},
    problem: {},
    typed: { state: true },
    busy: { state: true },
  };

  constructor() {
    super();
    this.heading = '';
    this.name = '';
    /** @type {unknown} */
    this.text = nothing;
    this.action = 'Delete';
    this.problem = '';
    this.typed = '';
    this.busy = false;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('problem') && this.problem) {
      this.busy = false;
    }
  }

  render() {
    const right = this.typed === this.name;
    return html`<tw-dialog @close=${() => this.dispatchEvent(new Event('close'))}
      .heading=${this.heading}
      .body=${html`<form id="confirm-by-name" class="dialog-body" @submit=${(/** @type {SubmitEvent} */ event) => this.onSubmit(event)}>
        <p>${this.text}</p>
        <div class="field">
          <label for="confirm-name">Type <code class="break">${this.name}</code> to confirm</label>
          <input id="confirm-name" autofocus autocomplete="off" spellcheck="false" .value=${this.typed}
            @input=${(/** @type {InputEvent} */ event) => (this.typed = /** @type {HTMLInputElement} */ (event.target).value)}>
        </div>
        ${this.problem ? html`<p class="notice error" role="alert">${this.problem}</p>` : nothing}
      </form>`}
      .foot=${html`<div class="dialog-foot">
        <button type="button" class="button" @click=${() => this.onCancel()}>Cancel</button>
        <button form="confirm-by-name" class="button danger primary" ?disabled=${!right || this.busy}>${this.action}</button>
      </div>`}
    ></tw-dialog>`;
  }

  onCancel() {
    /** @type {Dialog | null} */ (this.querySelector('tw-dialog'))?.close();
  }

  /** @param {SubmitEvent} event */
  onSubmit(event) {
    event.preventDefault();
    if (this.typed === this.name && !this.busy) {
      this.busy = true;
      this.dispatchEvent(new Event('confirm'));
    }
  }
}
customElements.define('tw-confirm-by-name', ConfirmByName);

const TOAST_MILLIS = 5000;
/** What went wrong stays until it was read. */
const TOAST_ERROR_MILLIS = 60_000;
const TOASTS_MAX = 5;

/** @param {string} text @param {'ok' | 'error'} [tone] */
export function toast(text, tone = 'ok') {
  let list = document.querySelector('.toasts');
  if (!list) {
    list = document.createElement('div');
    list.className = 'toasts';
    list.setAttribute('role', 'log');
    list.setAttribute('aria-label', 'Notes');
    document.body.append(list);
  }
  const one = document.createElement('div');
  one.className = 'toast ' + tone;
  one.append(text);
  const close = document.createElement('button');
  close.className = 'button quiet small';
  close.textContent = 'Close';
  close.addEventListener('click', () => one.remove());
  one.append(close);
  list.append(one);
  while (list.children.length > TOASTS_MAX) {
    list.firstElementChild?.remove();
  }
  setTimeout(() => one.remove(), tone === 'error' ? TOAST_ERROR_MILLIS : TOAST_MILLIS);
}
