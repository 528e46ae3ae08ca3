package io.thalweg.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every pair of colours that text or a control uses has the contrast that WCAG 2.2 AA asks for, in both themes. */
class ContrastTest {
    private static final double TEXT = 4.5;
    private static final double CONTROL = 3;

    private static final Pattern TOKEN =
            Pattern.compile("--([a-z0-9-]+): light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\);");

    private static final List<String> GROUNDS = List.of("bg", "surface", "raised", "sunken", "hover");

    private final Map<String, String[]> colours = colours();

    @Test
    void textIsReadableOnEveryGround() {
        for (String ground : GROUNDS) {
            for (String text : List.of("text", "text-2", "text-3", "accent", "error", "ok", "warn")) {
                atLeast(TEXT, text, ground);
            }
        }
    }

    @Test
    void textIsReadableOnWhatMarks() {
        atLeast(TEXT, "text", "accent-soft");
        atLeast(TEXT, "text-3", "accent-soft");
        atLeast(TEXT, "accent", "accent-soft");
        atLeast(TEXT, "ok", "ok-soft");
        atLeast(TEXT, "warn", "warn-soft");
        atLeast(TEXT, "error", "error-soft");
        atLeast(TEXT, "on-accent", "accent");
        atLeast(TEXT, "on-accent", "accent-hover");
        atLeast(TEXT, "on-error", "error");
    }

    @Test
    void syntaxIsReadableOnItsGround() {
        for (String token : List.of("syntax-name", "syntax-string", "syntax-number", "syntax-word")) {
            atLeast(TEXT, token, "sunken");
        }
    }

    @Test
    void controlsAreToldFromTheirGround() {
        for (String ground : List.of("bg", "surface", "raised")) {
            atLeast(CONTROL, "line-strong", ground);
            atLeast(CONTROL, "accent", ground);
        }
    }

    private void atLeast(double least, String foreground, String background) {
        for (int theme = 0; theme < 2; theme++) {
            double contrast = contrast(colour(foreground)[theme], colour(background)[theme]);
            assertThat(contrast)
                    .as("%s on %s, %s", foreground, background, theme == 0 ? "light" : "dark")
                    .isGreaterThanOrEqualTo(least);
        }
    }

    private String[] colour(String name) {
        String[] found = colours.get(name);
        assertThat(found).as("token --%s", name).isNotNull();
        return found == null ? new String[0] : found;
    }

    private static Map<String, String[]> colours() {
        Asset tokens = AssetTree.load().assets().get("css/tokens.css");
        assertThat(tokens).isNotNull();
        Map<String, String[]> found = new HashMap<>();
        Matcher matcher = TOKEN.matcher(tokens == null ? "" : tokens.plain().toString(UTF_8));
        while (matcher.find()) {
            found.put(matcher.group(1), new String[] {matcher.group(2), matcher.group(3)});
        }
        return found;
    }

    private static double contrast(String one, String other) {
        double a = luminance(one);
        double b = luminance(other);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    private static double luminance(String colour) {
        int rgb = Integer.parseInt(colour.substring(1), 16);
        return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8 & 255) + 0.0722 * linear(rgb & 255);
    }

    private static double linear(int channel) {
        double value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }
}
