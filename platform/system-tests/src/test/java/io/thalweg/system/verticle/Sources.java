package io.thalweg.system.verticle;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Java that is compiled against {@code thalweg.jar}, as a user does it. */
public final class Sources {

    static final Path JAR = Path.of("..", "launcher", "target", "thalweg.jar");
    static final Path DOCS = Path.of("..", "..", "docs");

    private Sources() {}

    /** Compiles all below a directory and returns where the classes are. */
    public static Path compile(Path sources, Path classes) throws IOException {
        Files.createDirectories(classes);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<Path> files = all(sources);
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            boolean compiled = compiler.getTask(
                            messages,
                            manager,
                            null,
                            List.of("-classpath", JAR.toString(), "-d", classes.toString(), "--release", "17"),
                            null,
                            manager.getJavaFileObjectsFromPaths(files))
                    .call();
            if (!compiled) {
                throw new AssertionError("javac: " + messages);
            }
        }
        return classes;
    }

    /** A class of one verticle, written for a test. */
    public static void write(Path sources, String name, String code) throws IOException {
        Files.createDirectories(sources);
        Files.writeString(sources.resolve(name + ".java"), code);
    }

    static List<Path> all(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            return new ArrayList<>(walk.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList());
        }
    }
}
