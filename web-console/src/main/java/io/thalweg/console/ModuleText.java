package io.thalweg.console;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of one ES module with its imports found and bare specifiers made relative.
 *
 * @param text as it is served
 * @param imports paths below the root of the console
 */
record ModuleText(String text, List<String> imports) {
    /** Static imports and exports, dynamic imports of a literal, and workers; also those that only JSDoc names. */
    private static final Pattern SPECIFIER = Pattern.compile("(?<![\"'.\\w])(?:from|import)\\s*[\"']([@\\w./-]+)[\"']"
            + "|\\bimport\\(\\s*[\"']([@\\w./-]+)[\"']\\s*\\)"
            + "|\\bnew URL\\(\\s*[\"']([@\\w./-]+)[\"']\\s*,\\s*import\\.meta\\.url\\s*\\)");

    ModuleText {
        imports = List.copyOf(imports);
    }

    /** @param path of the module below the root */
    static ModuleText of(String path, String source, ImportMap map) {
        List<String> imports = new ArrayList<>();
        StringBuilder text = new StringBuilder(source.length());
        Matcher matcher = SPECIFIER.matcher(source);
        int copied = 0;
        while (matcher.find()) {
            int group = matcher.group(1) != null ? 1 : matcher.group(2) != null ? 2 : 3;
            String specifier = matcher.group(group);
            boolean relative = specifier.startsWith("./") || specifier.startsWith("../");
            String target = relative ? resolve(path, specifier) : map.resolve(specifier);
            imports.add(target);
            text.append(source, copied, matcher.start(group));
            text.append(relative ? specifier : relativize(path, target));
            copied = matcher.end(group);
        }
        text.append(source, copied, source.length());
        return new ModuleText(text.toString(), imports);
    }

    private static String resolve(String from, String specifier) {
        List<String> parts = new ArrayList<>(List.of(from.split("/")));
        parts.remove(parts.size() - 1);
        for (String step : specifier.split("/")) {
            if (step.equals("..")) {
                if (parts.isEmpty()) {
                    throw new IllegalStateException(
                            "import leaves the console: module=" + from + " specifier=" + specifier);
                }
                parts.remove(parts.size() - 1);
            } else if (!step.equals(".")) {
                parts.add(step);
            }
        }
        return String.join("/", parts);
    }

    private static String relativize(String from, String target) {
        long depth = from.chars().filter(c -> c == '/').count();
        return (depth == 0 ? "./" : "../".repeat((int) depth)) + target;
    }
}
