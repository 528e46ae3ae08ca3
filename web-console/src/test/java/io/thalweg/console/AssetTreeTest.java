package io.thalweg.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AssetTreeTest {
    private static final Pattern INLINE_SCRIPT = Pattern.compile("<script(?![^>]*\\bsrc=)", Pattern.CASE_INSENSITIVE);
    private static final Pattern INLINE_STYLE =
            Pattern.compile("<style|<[a-z-]+[^>]*\\sstyle=[\"']", Pattern.CASE_INSENSITIVE);
    private static final Pattern EVENT_ATTRIBUTE =
            Pattern.compile("<[a-z-]+[^>]*\\son[a-z]+=[\"']", Pattern.CASE_INSENSITIVE);
    /** What could make markup or code of text. */
    private static final Pattern TEXT_TO_CODE = Pattern.compile(
            "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|unsafeHTML|unsafeSVG|unsafeStatic|\\beval\\(|new Function|srcdoc|javascript:");

    private final AssetTree tree = AssetTree.load();

    @Test
    void everyModuleThatIsReachedIsThere() {
        assertThat(tree.assets()).containsKeys("js/main.js", "js/socket-worker.js", "css/tokens.css", "icon.svg");
        assertThat(tree.assets().keySet()).anyMatch(path -> path.startsWith("lib/lit-html/"));
    }

    @Test
    void noBareSpecifierIsLeftForTheBrowser() {
        tree.assets().forEach((path, asset) -> {
            if (path.endsWith(".js")) {
                assertThat(ModuleText.of(path, text(asset), new ImportMap(java.util.Map.of()))
                                .imports())
                        .as(path)
                        .allMatch(target -> tree.assets().containsKey(target));
            }
        });
    }

    @Test
    void thePageHasNeitherInlineScriptNorInlineStyle() {
        String page = text(tree.index());
        assertThat(page).doesNotContainPattern(INLINE_SCRIPT).doesNotContainPattern(INLINE_STYLE);
        assertThat(page).doesNotContain("{{assets}}");
    }

    @Test
    void ourModulesMakeNoMarkupOfText() {
        tree.assets().forEach((path, asset) -> {
            if (path.startsWith("js/")) {
                assertThat(text(asset))
                        .as(path)
                        .doesNotContainPattern(TEXT_TO_CODE)
                        .doesNotContainPattern(INLINE_STYLE)
                        .doesNotContainPattern(EVENT_ATTRIBUTE);
            }
        });
    }

    @Test
    void ourModulesAskForTypeChecks() {
        tree.assets().forEach((path, asset) -> {
            if (path.startsWith("js/")) {
                assertThat(text(asset)).as(path).startsWith("// @ts-check\n");
            }
        });
    }

    @Test
    void theDigestIsOfTheContentAlone() {
        assertThat(AssetTree.load().digest()).isEqualTo(tree.digest()).matches("[0-9a-f]{16}");
    }

    private static String text(Asset asset) {
        return asset.plain().toString(UTF_8);
    }
}
