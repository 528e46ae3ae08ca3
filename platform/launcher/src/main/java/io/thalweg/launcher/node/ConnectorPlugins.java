package io.thalweg.launcher.node;

import io.thalweg.connectors.api.ConnectorPlugin;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds plugins: those of the class path, and those of jars in the plugin directories. Blocks on disk. */
final class ConnectorPlugins {

    private static final Logger LOGGER = LoggerFactory.getLogger(ConnectorPlugins.class);

    private ConnectorPlugins() {}

    /** One that cannot be loaded, or whose name is taken, is reported and left out. */
    static List<ConnectorPlugin> find(List<Path> directories) {
        Map<String, ConnectorPlugin> plugins = new LinkedHashMap<>();
        load(ConnectorPlugins.class.getClassLoader(), plugins);
        for (Path directory : directories) {
            for (List<Path> jars : bundles(directory)) {
                loadJars(jars, plugins);
            }
        }
        return List.copyOf(plugins.values());
    }

    /** Each jar, and the jars of each folder. */
    private static List<List<Path>> bundles(Path directory) {
        List<List<Path>> bundles = new ArrayList<>();
        for (Path entry : entries(directory)) {
            if (isJar(entry)) {
                bundles.add(List.of(entry));
            } else if (Files.isDirectory(entry)) {
                List<Path> jars =
                        entries(entry).stream().filter(ConnectorPlugins::isJar).toList();
                if (!jars.isEmpty()) {
                    bundles.add(jars);
                }
            }
        }
        return bundles;
    }

    private static boolean isJar(Path file) {
        return file.toString().endsWith(".jar") && Files.isRegularFile(file);
    }

    private static List<Path> entries(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        } catch (IOException failure) {
            LOGGER.atError()
                    .addKeyValue("error", failure.toString())
                    .log("plugins could not be looked for: directory={}", directory);
            return List.of();
        }
    }

    @SuppressWarnings("resource") // open as long as the node runs: classes are loaded when they are first used
    private static void loadJars(List<Path> jars, Map<String, ConnectorPlugin> plugins) {
        try {
            URL[] urls = new URL[jars.size()];
            for (int i = 0; i < urls.length; i++) {
                urls[i] = jars.get(i).toUri().toURL();
            }
            load(new URLClassLoader(urls, ConnectorPlugins.class.getClassLoader()), plugins);
        } catch (MalformedURLException failure) {
            LOGGER.atError().addKeyValue("error", failure.toString()).log("plugins could not be loaded: {}", jars);
        }
    }

    private static void load(ClassLoader loader, Map<String, ConnectorPlugin> plugins) {
        Iterator<ServiceLoader.Provider<ConnectorPlugin>> found =
                ServiceLoader.load(ConnectorPlugin.class, loader).stream().iterator();
        while (true) {
            try {
                if (!found.hasNext()) {
                    return;
                }
                ServiceLoader.Provider<ConnectorPlugin> provider = found.next();
                ConnectorPlugin known = plugins.get(provider.type().getName());
                if (known == null) {
                    add(provider.get(), plugins);
                }
            } catch (ServiceConfigurationError | LinkageError failure) {
                LOGGER.atError().addKeyValue("error", failure.toString()).log("a plugin could not be loaded");
            }
        }
    }

    private static void add(ConnectorPlugin plugin, Map<String, ConnectorPlugin> plugins) {
        String type = plugin.getClass().getName();
        boolean taken = plugins.values().stream().anyMatch(other -> other.name().equals(plugin.name()));
        if (taken) {
            LOGGER.atError()
                    .addKeyValue("error", "the name is taken")
                    .log("a plugin is left out: name={} class={}", plugin.name(), type);
        } else {
            plugins.put(type, plugin);
        }
    }
}
