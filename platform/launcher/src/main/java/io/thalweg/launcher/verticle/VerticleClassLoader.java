package io.thalweg.launcher.verticle;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One verticle's classes: its own jars first, so that its libraries may be of other versions than the platform's; the JDK's
 * classes, and what it shares with the platform to talk with it (Vert.x, Netty, SLF4J, Thalweg, Kafka's classes), always from
 * there.
 */
final class VerticleClassLoader extends URLClassLoader {

    static {
        registerAsParallelCapable();
    }

    /** All of the JDK's classes that code of users can name; a jar may bring its own of packages such as javax.inject. */
    private static final ClassLoader JDK = getPlatformClassLoader();

    private static final List<String> SHARED = List.of(
            "java.",
            "io.thalweg.broker.",
            "io.thalweg.client.",
            "io.thalweg.coordination.",
            "io.thalweg.environment.",
            "io.thalweg.log.",
            "io.thalweg.launcher.",
            "io.thalweg.streams.",
            "io.thalweg.connectors.",
            "io.thalweg.gateway.",
            "io.vertx.",
            "io.netty.",
            "org.slf4j.",
            "org.apache.kafka.",
            "org.jspecify.");

    private VerticleClassLoader(String id, URL[] urls, ClassLoader platform) {
        super("verticle-" + id, urls, platform);
    }

    /** Blocks on disk. */
    static VerticleClassLoader of(VerticleConfig verticle, ClassLoader platform) {
        URL[] urls = new URL[verticle.classPath().size()];
        for (int i = 0; i < urls.length; i++) {
            Path path = verticle.classPath().get(i);
            if (!Files.exists(path)) {
                throw new IllegalArgumentException("the class path names what is not there: verticle=" + verticle.id()
                        + " path=" + path.toAbsolutePath());
            }
            try {
                urls[i] = path.toUri().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException("not a file: path=" + path, e);
            }
        }
        return new VerticleClassLoader(verticle.id(), urls, platform);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (SHARED.stream().anyMatch(name::startsWith)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                loaded = ofTheJdk(name);
            }
            if (loaded == null) {
                try {
                    loaded = findClass(name);
                } catch (ClassNotFoundException notOurs) {
                    return super.loadClass(name, resolve);
                }
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }

    private static @Nullable Class<?> ofTheJdk(String name) {
        try {
            return JDK.loadClass(name);
        } catch (ClassNotFoundException another) {
            return null;
        }
    }

    @Override
    public @Nullable URL getResource(String name) {
        URL own = findResource(name);
        return own != null ? own : super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        Enumeration<URL> own = findResources(name);
        return own.hasMoreElements() ? own : super.getResources(name);
    }
}
