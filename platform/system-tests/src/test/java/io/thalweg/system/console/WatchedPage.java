package io.thalweg.system.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;

/** A page of the console, and all that it should not have done. */
final class WatchedPage implements AutoCloseable {
    /** Runs in the page before anything else of it. */
    private static final String TRAP = """
            window.missteps = [];
            document.addEventListener('securitypolicyviolation',
                (e) => window.missteps.push('policy violated: ' + e.violatedDirective + ' ' + e.blockedURI));
            for (const name of ['alert', 'confirm', 'prompt', 'print']) {
              window[name] = (text) => { window.missteps.push(name + ' was called: ' + text); };
            }
            """;
    /** What text that was taken for markup leaves behind. */
    private static final String FOREIGN_ELEMENTS = """
            document.querySelectorAll(`body script, body img, body iframe, body object, body embed, body style, body link,
                body base, body meta, body video, body audio, body math, body marquee, body [onerror], body [onload],
                body [onclick], body [onfocus], body [onmouseover], body [srcdoc]`).length
              + [...document.querySelectorAll('[href], [src], [action], [formaction]')].filter((e) =>
                  ['href', 'src', 'action', 'formaction'].some((a) =>
                      /^\\s*(javascript|data|vbscript):/i.test(e.getAttribute(a) ?? ''))).length
            """;

    /**
     * Methods of our elements that take the place of one of the DOM's. Lit removes an element by its remove(): an element
     * whose remove() deleted what it showed deleted it whenever its page was left.
     */
    private static final String HIDING_THE_DOM = """
            [...document.querySelectorAll('*')].filter((e) => e.localName.startsWith('tw-')).flatMap((e) => {
              const own = (o) => Object.getOwnPropertyNames(o).filter((name) => name !== 'constructor' && name in HTMLElement.prototype);
              return own(Object.getPrototypeOf(e)).concat(own(e)).map((name) => e.localName + '.' + name);
            }).filter((name, i, all) => all.indexOf(name) === i)
            """;

    final Page page;
    private final List<String> missteps = new ArrayList<>();

    WatchedPage(Page page, String origin) {
        this.page = page;
        page.addInitScript(TRAP);
        page.onDialog(dialog -> {
            missteps.add("dialog: " + dialog.message());
            dialog.dismiss();
        });
        page.onPageError(error -> missteps.add("error: " + error));
        page.onConsoleMessage(message -> {
            // An address that a node does not serve is answered with 404, which the console shows in words.
            boolean expected = message.text().startsWith("Failed to load resource");
            if (!expected && (message.type().equals("error") || message.type().equals("warning"))) {
                missteps.add("console: " + message.text());
            }
        });
        page.onRequest(request -> {
            String url = request.url();
            if (!url.startsWith(origin + "/") && !url.startsWith("blob:" + origin)) {
                missteps.add("foreign request: " + url);
            }
        });
        page.onPopup(popup -> missteps.add("popup: " + popup.url()));
    }

    WatchedPage visit(String path) {
        page.navigate(path);
        page.locator("main").waitFor();
        return this;
    }

    Locator locator(String selector) {
        return page.locator(selector);
    }

    Locator locator(String selector, String text) {
        return page.locator(selector, new Page.LocatorOptions().setHasText(text));
    }

    /** Fails if the page did anything that no page of the console does. */
    void assertNoMisstep(String where) {
        List<String> all = new ArrayList<>(missteps);
        Object seen = page.evaluate("window.missteps");
        if (seen instanceof List<?> list) {
            list.forEach(one -> all.add(String.valueOf(one)));
        }
        assertThat(all).as(where).isEmpty();
        assertThat(page.evaluate("typeof window.pwned")).as(where).isEqualTo("undefined");
        assertThat((List<?>) page.evaluate(HIDING_THE_DOM))
                .as("hidden members of the DOM at " + where)
                .isEmpty();
        assertThat(page.evaluate(FOREIGN_ELEMENTS))
                .as("foreign elements at " + where)
                .isEqualTo(0);
    }

    @Override
    public void close() {
        page.context().close();
    }
}
