// @ts-check
import { LitElement } from 'lit';

/** A part of the page that uses the page's style sheets: it renders into itself, without a shadow root. */
export class View extends LitElement {
  createRenderRoot() {
    return this;
  }
}
