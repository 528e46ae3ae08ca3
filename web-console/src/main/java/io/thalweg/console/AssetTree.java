package io.thalweg.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All that {@code index.html} reaches, loaded from the class path: what it names as {@code {{assets}}/path}, and what
 * modules among these import.
 *
 * @param digest over all assets; part of their addresses
 * @param index the page, with its addresses filled in and every module announced, so that a browser fetches them at once
 * @param assets by path
 */
record AssetTree(String digest, Asset index, Map<String, Asset> assets) {
    private static final String PAGES = "/io/thalweg/console/web/";
    /** Where mvnpm's jars keep packages. */
    private static final String PACKAGES = "/META-INF/resources/_static/";

    private static final String LIBRARY = "lib/";
    private static final Pattern REFERENCE = Pattern.compile("\\{\\{assets}}/([A-Za-z0-9_./-]+)");

    AssetTree {
        assets = Map.copyOf(assets);
    }

    static AssetTree load() {
        ImportMap map = ImportMap.parse(read(PAGES + "importmap.json"));
        String page = new String(read(PAGES + "index.html"), UTF_8);
        Map<String, byte[]> contents = new TreeMap<>();
        Deque<String> open = new ArrayDeque<>();
        Matcher references = REFERENCE.matcher(page);
        while (references.find()) {
            open.add(references.group(1));
        }
        while (!open.isEmpty()) {
            String path = open.remove();
            if (contents.containsKey(path)) {
                continue;
            }
            byte[] content = read(resource(path));
            if (path.endsWith(".js")) {
                ModuleText module = ModuleText.of(path, new String(content, UTF_8), map);
                content = module.text().getBytes(UTF_8);
                open.addAll(module.imports());
            }
            contents.put(path, content);
        }
        String digest = digest(page, contents);
        Map<String, Asset> assets = new TreeMap<>();
        contents.forEach((path, content) -> assets.put(path, Asset.of(path, content)));
        return new AssetTree(digest, index(page, digest, contents), assets);
    }

    private static String resource(String path) {
        return path.startsWith(LIBRARY) ? PACKAGES + path.substring(LIBRARY.length()) : PAGES + path;
    }

    private static String digest(String page, Map<String, byte[]> contents) {
        MessageDigest sha256 = Digest.sha256();
        sha256.update(page.getBytes(UTF_8));
        contents.forEach((path, content) -> {
            sha256.update(path.getBytes(UTF_8));
            sha256.update(content);
        });
        return HexFormat.of().formatHex(sha256.digest()).substring(0, 16);
    }

    private static Asset index(String page, String digest, Map<String, byte[]> contents) {
        List<String> preloads = new ArrayList<>();
        for (String path : contents.keySet()) {
            if (path.endsWith(".js") && !path.endsWith("-worker.js")) {
                preloads.add("<link rel=\"modulepreload\" href=\"{{assets}}/" + path + "\">");
            }
        }
        String filled = page.replace("<!--modules-->", String.join("\n    ", preloads))
                .replace("{{assets}}", Console.ASSETS + digest);
        return Asset.of("index.html", filled.getBytes(UTF_8));
    }

    private static byte[] read(String resource) {
        try (InputStream in = AssetTree.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource is missing: " + resource);
            }
            return in.readAllBytes();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
