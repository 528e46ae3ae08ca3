package io.thalweg.launcher.verticle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerticleClassLoaderTest {

    @TempDir
    Path directory;

    @Test
    void itsOwnVersionOfALibraryComesBeforeTheNodes() throws Exception {
        Path nodes = compile("node", "acme", "Library", "public class Library { }");
        Path own = compile("own", "acme", "Library", "public class Library { }");
        try (URLClassLoader node = new URLClassLoader(urls(nodes), getClass().getClassLoader());
                VerticleClassLoader loader = loader(node, own)) {
            assertThat(loader.loadClass("acme.Library").getClassLoader()).isSameAs(loader);
            assertThat(node.loadClass("acme.Library").getClassLoader()).isSameAs(node);
        }
    }

    @Test
    void whatIsSharedAndTheJdksClassesAreNobodysToReplace() throws Exception {
        Path vertx = compile("vertx", "io.vertx.core", "Vertx", "public class Vertx { }");
        Path dom = compile("dom", "org.w3c.dom", "Node", "public class Node { }");
        try (VerticleClassLoader loader = loader(getClass().getClassLoader(), vertx, dom)) {
            assertThat(loader.loadClass("io.vertx.core.Vertx")).isSameAs(Vertx.class);
            assertThat(loader.loadClass("org.w3c.dom.Node").getClassLoader()).isNotSameAs(loader);
        }
    }

    @Test
    void aPackageOfTheJdksNameThatTheJdkDoesNotHaveMayBeBrought() throws Exception {
        Path inject = compile("inject", "javax.inject", "Inject", "public @interface Inject { }");
        try (VerticleClassLoader loader = loader(getClass().getClassLoader(), inject)) {
            assertThat(loader.loadClass("javax.inject.Inject").getClassLoader()).isSameAs(loader);
        }
    }

    @Test
    void itsOwnResourceComesFirst() throws Exception {
        Path nodes = Files.createDirectories(directory.resolve("node"));
        Path own = Files.createDirectories(directory.resolve("own"));
        Files.writeString(nodes.resolve("application.txt"), "the node's");
        Files.writeString(nodes.resolve("other.txt"), "the node's");
        Files.writeString(own.resolve("application.txt"), "its own");
        try (URLClassLoader node = new URLClassLoader(urls(nodes), getClass().getClassLoader());
                VerticleClassLoader loader = loader(node, own)) {
            assertThat(text(loader, "application.txt")).isEqualTo("its own");
            assertThat(text(loader, "other.txt")).isEqualTo("the node's");
        }
    }

    @Test
    void aPathThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> loader(getClass().getClassLoader(), directory.resolve("absent.jar")))
                .hasMessageContaining("absent.jar")
                .hasMessageContaining("verticle=acme");
    }

    private static String text(ClassLoader loader, String name) throws Exception {
        try (var in = loader.getResourceAsStream(name)) {
            assertThat(in).isNotNull();
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static VerticleClassLoader loader(ClassLoader node, Path... classPath) {
        return VerticleClassLoader.of(
                new VerticleConfig(
                        "acme", "acme.Main", 1, ThreadingModel.WORKER, 1, List.of(classPath), new JsonObject()),
                node);
    }

    private static URL[] urls(Path directory) throws Exception {
        return new URL[] {directory.toUri().toURL()};
    }

    /** Without the JDK's other modules, so that a class of a package of theirs can be compiled. */
    private Path compile(String name, String packageName, String type, String source) throws Exception {
        Path sources = Files.createDirectories(directory.resolve(name + "-src"));
        Path classes = Files.createDirectories(directory.resolve(name));
        Path file = Files.writeString(sources.resolve(type + ".java"), "package " + packageName + "; " + source);
        List<String> arguments = new ArrayList<>(List.of("--limit-modules", "java.base", "-d", classes.toString()));
        arguments.add(file.toString());
        int exit = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(new String[0]));
        assertThat(exit).isZero();
        return classes;
    }
}
