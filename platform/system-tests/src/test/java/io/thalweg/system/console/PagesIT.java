package io.thalweg.system.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import io.thalweg.system.console.ConsolePages.Shown;
import io.thalweg.system.node.NodeProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every page with something on it, and without, in both themes and three widths, as a picture in
 * {@code target/console-pages}: look at them.
 */
@Tag("heavy")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesIT {
    private static final Path PICTURES = Path.of("target", "console-pages");
    private static final int NARROW = 360;
    private static final int MEDIUM = 1024;
    private static final int WIDE = 1600;

    /** Names of controls that a reader of the page aloud could not tell. */
    private static final String NAMELESS = """
            [...document.querySelectorAll('button, a[href], input, select, textarea')]
              .filter((e) => e.getClientRects().length > 0)
              .filter((e) => !(e.textContent.trim() || e.getAttribute('aria-label') || e.title || e.labels?.length))
              .map((e) => e.outerHTML.slice(0, 120))
            """;

    /** Controls that are too small to be hit (WCAG 2.2, 2.5.8), but for links in lines of text. */
    private static final String SMALL = """
            [...document.querySelectorAll('button, input, select, textarea, .nav a, .tabs a, .chip[href]')]
              .map((e) => [e, (e.type === 'checkbox' || e.type === 'radio' ? e.closest('label') ?? e : e).getBoundingClientRect()])
              .filter(([, box]) => box.width > 0 && (box.width < 23.5 || box.height < 23.5))
              .map(([e, box]) => Math.round(box.width) + 'x' + Math.round(box.height) + ' ' + e.outerHTML.slice(0, 120))
            """;

    private ShownNode shown;
    private NodeProcess fresh;
    private Browser browser;

    @BeforeAll
    void start(@TempDir Path directory, @TempDir Path other) throws Exception {
        browser = Browser.open();
        shown = ShownNode.in(directory);
        fresh = NodeProcess.in(other);
        fresh.start();
    }

    @AfterAll
    void stop() {
        if (browser != null) {
            browser.close();
        }
        if (shown != null) {
            shown.close();
        }
        if (fresh != null) {
            fresh.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {NARROW, MEDIUM, WIDE})
    void everyPageFitsAndMakesNoMisstep(int width) {
        look(shown.node.http(), ConsolePages.full(), width);
    }

    @Test
    void emptyPagesFitAndSayWhatToDo() throws Exception {
        for (int width : List.of(NARROW, MEDIUM, WIDE)) {
            look(fresh.http(), ConsolePages.empty(), width);
        }
        new NodeApi(fresh.http()).createTopic("nothing", 2);
        for (int width : List.of(NARROW, MEDIUM, WIDE)) {
            look(fresh.http(), ConsolePages.emptyTopic(), width);
        }
    }

    @Test
    void theMenuOfANarrowWindowTakesAndGivesBackTheFocus() {
        try (WatchedPage page = page(shown.node.http(), NARROW)) {
            page.visit("/console/topics");
            page.locator(".menu-button").click();
            assertThat(page.page.evaluate("document.activeElement.closest('.nav') !== null"))
                    .isEqualTo(true);
            pictures(page, new Shown("menu", ""), NARROW);
            page.page.keyboard().press("Escape");
            assertThat(page.page.evaluate("document.activeElement.matches('.menu-button')"))
                    .isEqualTo(true);
        }
    }

    /** All are looked at before any that is wrong fails the test. */
    private void look(String origin, List<Shown> pages, int width) {
        SoftAssertions found = new SoftAssertions();
        try (WatchedPage page = page(origin, width)) {
            for (Shown one : pages) {
                page.visit(one.path());
                page.locator("main h1, main h2")
                        .first()
                        .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.ATTACHED));
                page.page.waitForCondition(() -> page.locator("main .loading").count() == 0);
                one.then().accept(page);
                pictures(page, one, width);
                page.page.context().setOffline(false);
                found.check(() -> check(page, one.name() + " at " + width));
            }
        }
        found.assertAll();
    }

    private WatchedPage page(String origin, int width) {
        int height = width == NARROW ? 740 : width == MEDIUM ? 768 : 1_000;
        return browser.page(origin, width, height, ColorScheme.LIGHT);
    }

    private static void pictures(WatchedPage page, Shown one, int width) {
        for (ColorScheme theme : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
            page.page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(theme));
            String name = one.name() + "-" + width + "-" + theme.name().toLowerCase(Locale.ROOT) + ".png";
            page.page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name)));
        }
    }

    private static void check(WatchedPage page, String where) {
        page.assertNoMisstep(where);
        assertThat(page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                .as("the page is no wider than the window: " + where)
                .isEqualTo(true);
        assertThat(page.page.evaluate("(() => { const m = document.querySelector('main');"
                        + " return m.scrollWidth <= m.clientWidth; })()"))
                .as("the content is no wider than its place: " + where)
                .isEqualTo(true);
        assertThat((List<?>) page.page.evaluate(NAMELESS))
                .as("controls without a name: " + where)
                .isEmpty();
        assertThat((List<?>) page.page.evaluate(SMALL))
                .as("controls that are too small: " + where)
                .isEmpty();
    }
}
