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
  }

  firstUpdated() {
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
    busy: { type: Boolean },
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

  render() {
    const right = this.typed === this.name;
    return html`<tw-dialog
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
      this.dispatchEvent(new Event('confirm'));
    }
  }
}
customElements.define('tw-confirm-by-name', ConfirmByName);

const TOAST_MILLIS = 5000;

/** @param {string} text @param {'ok' | 'error'} [tone] */
export function toast(text, tone = 'ok') {
  let list = document.querySelector('.toasts');
  if (!list) {
    list = document.createElement('div');
    list.className = 'toasts';
    list.setAttribute('role', 'status');
    document.body.append(list);
  }
  const one = document.createElement('div');
  one.className = 'toast ' + tone;
  one.textContent = text;
  list.append(one);
  setTimeout(() => one.remove(), TOAST_MILLIS);
}
