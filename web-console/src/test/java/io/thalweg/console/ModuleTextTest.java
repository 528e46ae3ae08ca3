package io.thalweg.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ModuleTextTest {
    private static final ImportMap MAP =
            new ImportMap(Map.of("lit", "lit/3/index.js", "lit/", "lit/3/", "lit/deep/", "d/"));

    @Test
    void bareSpecifiersBecomeRelativeToTheModule() {
        ModuleText module = ModuleText.of("js/views/a.js", "import { html } from 'lit';import\"lit/x.js\"", MAP);
        assertThat(module.text())
                .isEqualTo("import { html } from '../../lib/lit/3/index.js';import\"../../lib/lit/3/x.js\"");
        assertThat(module.imports()).containsExactly("lib/lit/3/index.js", "lib/lit/3/x.js");
    }

    @Test
    void theLongestPrefixWins() {
        assertThat(MAP.resolve("lit/deep/z.js")).isEqualTo("lib/d/z.js");
    }

    @Test
    void relativeDynamicAndWorkerImportsAreFollowed() {
        ModuleText module = ModuleText.of(
                "js/views/a.js",
                "export * from '../b.js'; import('./c.js'); new Worker(new URL('../w.js', import.meta.url))",
                MAP);
        assertThat(module.imports()).containsExactly("js/b.js", "js/views/c.js", "js/w.js");
    }

    @Test
    void textThatOnlyLooksLikeAnImportIsLeftAlone() {
        String source = "query.get('from') ?? 'newest'; ['import', 'x']; a.from('b')";
        assertThat(ModuleText.of("js/a.js", source, MAP)).isEqualTo(new ModuleText(source, java.util.List.of()));
    }

    @Test
    void whatIsUnknownOrLeavesTheConsoleIsRefused() {
        assertThatThrownBy(() -> ModuleText.of("js/a.js", "import 'other'", MAP))
                .hasMessageContaining("other");
        assertThatThrownBy(() -> ModuleText.of("a.js", "import '../../x.js'", MAP))
                .hasMessageContaining("leaves");
    }
}
