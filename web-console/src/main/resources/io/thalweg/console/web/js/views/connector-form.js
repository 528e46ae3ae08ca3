// @ts-check
/**
 * A connector's configuration, as a form made of its plugin's own definition or as JSON; the node checks it while it is
 * typed. Creates a connector, or changes the one that is given.
 */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { failed, loading } from '../components/states.js';
import { toast } from '../components/dialog.js';
import { Watch, refresh } from '../live.js';
import { call, url, ApiError } from '../api.js';
import { href, navigate } from '../router.js';

const CHECK_MILLIS = 300;
const HIDDEN = new Set(['name', 'connector.class']);

/** @typedef {Record<string, string>} Config */

class ConnectorForm extends View {
  static properties = {
    name: {},
    given: { attribute: false },
    plugin: { state: true },
    config: { state: true },
    check: { state: true },
    mode: { state: true },
    json: { state: true },
    jsonProblem: { state: true },
    problem: { state: true },
    busy: { state: true },
    all: { state: true },
    newName: { state: true },
  };

  constructor() {
    super();
    /** of the connector that is changed; empty for a new one */
    this.name = '';
    /** @type {Config | null} */
    this.given = null;
    this.newName = '';
    this.plugin = '';
    /** @type {Config} */
    this.config = {};
    /** @type {any} */
    this.check = null;
    /** @type {'form' | 'json'} */
    this.mode = 'form';
    this.json = '';
    this.jsonProblem = '';
    this.problem = '';
    this.busy = false;
    this.all = false;
    this.plugins = new Watch(this, () => '/connect/connector-plugins', { everyMillis: 60_000 });
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.checks = 0;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  willUpdate() {
    if (this.given && this.plugin === '') {
      this.config = { ...this.given };
      this.plugin = this.given['connector.class'];
      this.checkNow();
    }
  }

  /** @param {string} plugin */
  choose(plugin) {
    this.plugin = plugin;
    this.config = { 'connector.class': plugin };
    this.check = null;
    this.checkNow();
  }

  full() {
    return { ...this.config, 'connector.class': this.plugin, name: this.name || this.newName || 'unnamed' };
  }

  /** @param {string} key @param {string} value */
  set(key, value) {
    const config = { ...this.config };
    if (value === '') {
      delete config[key];
    } else {
      config[key] = value;
    }
    this.config = config;
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.checkNow(), CHECK_MILLIS);
  }

  async checkNow() {
    const check = ++this.checks;
    try {
      const answer = await call(url`/connect/connector-plugins/${this.plugin}/config/validate`, { method: 'PUT', body: this.full() });
      if (check === this.checks) {
        this.check = answer;
        this.problem = '';
      }
    } catch (failure) {
      if (check === this.checks) {
        this.problem = failure instanceof ApiError ? failure.message : String(failure);
      }
    }
  }

  render() {
    if (this.plugin === '') {
      return this.choosePlugin();
    }
    const errors = this.check?.error_count ?? 0;
    return html`<form class="stack connector-form" @submit=${this.save}>
      <div class="toolbar">
        ${this.name === '' ? html`<button type="button" class="button small" @click=${() => (this.plugin = '')}>Other plugin</button>` : nothing}
        <span class="mono break">${this.plugin}</span>
        <div class="segmented push" role="group" aria-label="Edit as">
          <button type="button" aria-pressed=${this.mode === 'form'} @click=${this.toForm}>Form</button>
          <button type="button" aria-pressed=${this.mode === 'json'} @click=${this.toJson}>JSON</button>
        </div>
      </div>
      ${
        this.name === ''
          ? html`<div class="card pad"><div class="field"><label for="connector-name">Name <span class="faint">required</span></label>
              <input id="connector-name" required autocomplete="off" spellcheck="false" .value=${this.newName} @input=${(/** @type {InputEvent} */ event) => {
                this.newName = /** @type {HTMLInputElement} */ (event.target).value;
                this.later();
              }}></div></div>`
          : nothing
      }
      ${this.mode === 'json' ? this.jsonEditor() : this.check ? this.groups() : loading}
      ${this.problem ? html`<p class="notice error" role="alert">${this.problem}</p>` : nothing}
      <div class="toolbar">
        <button class="button primary" ?disabled=${this.busy || errors > 0 || !this.check || this.jsonProblem !== '' || (this.name === '' && this.newName.trim() === '')}>${this.name === '' ? 'Create connector' : 'Save configuration'}</button>
        ${this.jsonProblem ? nothing : errors > 0 ? html`<span class="badge error" role="status">${errors} ${errors === 1 ? 'setting is' : 'settings are'} not right yet</span>` : this.check ? html`<span class="badge ok" role="status">The node accepts this</span>` : nothing}
      </div>
    </form>`;
  }

  choosePlugin() {
    const plugins = this.plugins.value;
    if (!plugins) {
      return this.plugins.error ? failed(this.plugins.error, 'The plugins could not be loaded.') : loading;
    }
    return html`<p class="muted">What should it do?</p>
      <div class="plugin-list">${plugins.map(
        (/** @type {any} */ plugin) => html`<button class="card plugin" @click=${() => this.choose(plugin.class)}>
          <span class="badge plain ${plugin.type === 'source' ? 'accent' : ''}">${plugin.type}</span>
          <strong class="break">${plugin.class.split('.').at(-1)}</strong>
          <span class="muted">${plugin.description ?? ''}</span><span class="faint break">${plugin.class.includes('.') ? plugin.class + ', ' : ''}version ${plugin.version ?? 'unknown'}</span></button>`,
      )}</div>`;
  }

  groups() {
    /** @type {Map<string, any[]>} */
    const groups = new Map();
    for (const one of this.check.configs) {
      if (HIDDEN.has(one.value.name) || one.value.visible === false) {
        continue;
      }
      const important = one.definition === null || one.definition.required || one.definition.importance === 'HIGH' || this.config[one.value.name] !== undefined || one.value.errors.length > 0;
      if (this.all || important) {
        const group = one.definition?.group || 'Other';
        groups.set(group, [...(groups.get(group) ?? []), one]);
      }
    }
    return html`${[...groups].map(
        ([group, all]) => html`<fieldset class="card pad form group"><legend>${group}</legend>${all.map((one) => this.setting(one))}</fieldset>`,
      )}
      <label class="check"><input type="checkbox" .checked=${this.all} @change=${() => (this.all = !this.all)}>Show every setting</label>`;
  }

  /** @param {any} one */
  setting(one) {
    const { name, errors, recommended_values: choices } = one.value;
    const definition = one.definition ?? { type: 'STRING', required: false, documentation: '', default_value: null };
    const value = this.config[name] ?? '';
    const id = 'setting-' + name;
    // Before anything is typed, an empty required setting is no reproach.
    const shown = errors.length > 0 && (value !== '' || this.given !== null);
    const onInput = (/** @type {Event} */ event) => this.set(name, /** @type {HTMLInputElement} */ (event.target).value);
    return html`<div class="field">
      <label for=${id}>${definition.display_name ?? name}${definition.required ? html` <span class="faint">required</span>` : nothing}</label>
      ${
        definition.type === 'BOOLEAN' || choices.length > 0
          ? html`<select id=${id} @change=${onInput} aria-invalid=${shown ? 'true' : 'false'}>
              <option value="">${definition.default_value === null ? '' : definition.default_value + ' (default)'}</option>
              ${(choices.length > 0 ? choices : ['true', 'false']).map((/** @type {any} */ choice) => html`<option value=${choice} ?selected=${String(choice) === value}>${choice}</option>`)}</select>`
          : html`<input id=${id} .value=${value} @input=${onInput} type=${definition.type === 'PASSWORD' ? 'password' : 'text'} placeholder=${definition.default_value ?? ''}
              autocomplete="off" spellcheck="false" aria-invalid=${shown ? 'true' : 'false'} aria-describedby=${id + '-hint'}>`
      }
      <span class="hint" id=${id + '-hint'}>${definition.documentation}${definition.display_name && definition.display_name !== name ? html` <span class="mono">${name}</span>` : nothing}</span>
      ${shown ? errors.map((/** @type {string} */ error) => html`<span class="wrong" role="alert">${error}</span>`) : nothing}
    </div>`;
  }

  jsonEditor() {
    const errors = (this.check?.configs ?? []).flatMap((/** @type {any} */ one) => one.value.errors);
    return html`<div class="card pad form"><div class="field"><label for="connector-json">Configuration as JSON</label>
        <textarea id="connector-json" rows="16" spellcheck="false" .value=${this.json} aria-invalid=${this.jsonProblem ? 'true' : 'false'} @input=${this.onJson}></textarea>
        ${this.jsonProblem ? html`<span class="wrong" role="alert">${this.jsonProblem}</span>` : nothing}</div>
      ${this.jsonProblem ? nothing : errors.map((/** @type {string} */ error) => html`<p class="notice error">${error}</p>`)}</div>`;
  }

  toJson() {
    this.json = JSON.stringify({ 'connector.class': this.plugin, ...this.config }, null, 2);
    this.jsonProblem = '';
    this.mode = 'json';
  }

  toForm() {
    if (this.jsonProblem === '') {
      this.mode = 'form';
    }
  }

  /** @param {InputEvent} event */
  onJson(event) {
    this.json = /** @type {HTMLTextAreaElement} */ (event.target).value;
    try {
      const read = JSON.parse(this.json);
      if (typeof read !== 'object' || read === null || Array.isArray(read)) {
        throw new SyntaxError('An object with the settings is expected.');
      }
      const { name, 'connector.class': plugin } = read;
      if (this.name === '') {
        this.newName = typeof name === 'string' ? name : this.newName;
        this.plugin = typeof plugin === 'string' && plugin !== '' ? plugin : this.plugin;
      } else if ((name !== undefined && name !== this.name) || (plugin !== undefined && plugin !== this.plugin)) {
        throw new SyntaxError('The name and the plugin of a connector cannot be changed; create another connector.');
      }
      this.config = Object.fromEntries(
        Object.entries(read).filter(([key]) => key !== 'name').map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
      );
      this.jsonProblem = '';
      this.later();
    } catch (failure) {
      this.jsonProblem = /** @type {Error} */ (failure).message;
    }
  }

  /** @param {Event} event */
  async save(event) {
    event.preventDefault();
    this.busy = true;
    this.problem = '';
    const name = this.name || this.newName.trim();
    const config = { ...this.config, 'connector.class': this.plugin };
    try {
      if (this.name === '') {
        await call('/connect/connectors', { method: 'POST', body: { name, config } });
        toast(`Connector ${name} was created.`);
        navigate(href(['connectors', name]));
      } else {
        await call(url`/connect/connectors/${name}/config`, { method: 'PUT', body: config });
        toast(`The configuration of ${name} was changed.`);
        this.dispatchEvent(new Event('saved'));
      }
      refresh();
    } catch (failure) {
      this.problem = failure instanceof ApiError ? failure.message : String(failure);
    } finally {
      this.busy = false;
    }
  }
}
customElements.define('tw-connector-form', ConnectorForm);
