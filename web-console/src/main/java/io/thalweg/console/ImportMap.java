package io.thalweg.console;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which file a bare specifier such as {@code lit} or {@code lit/directives/live.js} means. An import map in the page
 * would have to be inline, which the content security policy forbids; so specifiers are resolved when modules are loaded,
 * by the rules of the import maps of browsers: the longest matching name that ends with a slash, or the exact name.
 */
final class ImportMap {
    /** Name to path below {@code lib/}. */
    private final Map<String, String> targets;

    ImportMap(Map<String, String> targets) {
        this.targets = new TreeMap<>(targets);
    }

    static ImportMap parse(byte[] json) {
        JsonObject imports = new JsonObject(Buffer.buffer(json)).getJsonObject("imports");
        return new ImportMap(
                imports.stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> (String) entry.getValue())));
    }

    /** Path below the root of the console; fails for a name that is not in the map. */
    String resolve(String specifier) {
        String exact = targets.get(specifier);
        if (exact != null) {
            return "lib/" + exact;
        }
        String best = "";
        for (String name : targets.keySet()) {
            if (name.endsWith("/") && specifier.startsWith(name) && name.length() > best.length()) {
                best = name;
            }
        }
        if (best.isEmpty()) {
            throw new IllegalStateException("import specifier=" + specifier + " is not in importmap.json");
        }
        return "lib/" + targets.get(best) + specifier.substring(best.length());
    }
}
