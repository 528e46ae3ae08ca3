package io.thalweg.connectors.runtime.directory;

import io.thalweg.connectors.runtime.ConnectException;
import io.thalweg.connectors.runtime.herder.ConnectorView;
import io.thalweg.connectors.runtime.herder.Herder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a directory from time to time and applies what changed. See the package for what it never does. */
public final class ConfigDirectory {

    private static final Logger LOGGER = LoggerFactory.getLogger(ConfigDirectory.class);
    private static final int FILES_MAX = 10_000;
    private static final long FILE_BYTES_MAX = 1 << 20;

    private final Vertx vertx;
    private final ContextInternal context;
    private final Herder herder;
    private final Path directory;
    private final long pollMillis;

    /** Before the file's name in what is stored, so that no other node takes its own directory to be the whole. */
    private final String prefix;

    /** What stood where at the last look. */
    private Map<String, Stamp> seen = Map.of();

    /** What was applied, or found wrong, as it stood. */
    private final Map<String, Stamp> applied = new HashMap<>();

    /** There was a directory at the last look. */
    private boolean there;

    /** Which connector each file is. */
    private final Map<String, String> connectors = new HashMap<>();

    private Future<Void> looking = Future.succeededFuture();
    private long timer = -1;
    private boolean closed;

    /** Enough of a file to notice that it changed. */
    private record Stamp(
            long bytes, long modifiedMillis, @Nullable Object fileKey) {}

    private record FileText(
            String name, @Nullable String text, @Nullable String problem) {}

    /** @param owner whose directory it is, where others have one too; else empty */
    public ConfigDirectory(
            Vertx vertx, ContextInternal context, Herder herder, Path directory, long pollMillis, String owner) {
        this.vertx = vertx;
        this.context = context;
        this.herder = herder;
        this.directory = directory.toAbsolutePath().normalize();
        this.pollMillis = pollMillis;
        this.prefix = owner.isEmpty() ? "" : owner + "/";
    }

    /** Applies what is there now; then looks again and again. A directory that does not exist may come later. */
    public Future<Void> start() {
        return herder.connectors().compose(known -> {
            for (ConnectorView connector : known.values()) {
                String origin = connector.stored().origin();
                if (!origin.isEmpty() && origin.startsWith(prefix)) {
                    connectors.put(
                            origin.substring(prefix.length()),
                            connector.stored().name());
                }
            }
            looking = look(true);
            return looking.onComplete(looked -> context.runOnContext(turn -> {
                if (!closed) {
                    timer = context.setPeriodic(pollMillis, due -> lookAgain());
                }
            }));
        });
    }

    public Future<Void> close() {
        closed = true;
        vertx.cancelTimer(timer);
        return looking;
    }

    private void lookAgain() {
        if (looking.isComplete() && !closed) {
            looking = look(false);
        }
    }

    private Future<Void> look(boolean first) {
        return vertx.executeBlocking(this::stamps, false)
                .compose(found -> {
                    if (found == null) {
                        // Not the same as an empty one: a volume that is not mounted says nothing about its files.
                        there = false;
                        return Future.succeededFuture();
                    }
                    Map<String, Stamp> now = found;
                    // One that came back is looked at as at the start: what stood in it may have changed meanwhile.
                    Map<String, Stamp> before = first || !there ? now : seen;
                    there = true;
                    seen = now;
                    Set<String> ready = new HashSet<>();
                    now.forEach((name, stamp) -> {
                        // One that still changes is left alone until the next look.
                        if (stamp.equals(before.get(name)) && !stamp.equals(applied.get(name))) {
                            ready.add(name);
                        }
                    });
                    return applyAll(now, ready).compose(done -> removeGone(now, before));
                })
                .recover(failure -> {
                    LOGGER.atWarn()
                            .addKeyValue("error", failure.toString())
                            .log("the directory of connectors could not be looked at: directory={}", directory);
                    return Future.succeededFuture();
                });
    }

    /** Null if there is no directory. */
    private @Nullable Map<String, Stamp> stamps() throws IOException {
        Map<String, Stamp> stamps = new TreeMap<>();
        if (!Files.isDirectory(directory)) {
            return null;
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> all = files.limit(FILES_MAX + 1L).toList();
            if (all.size() > FILES_MAX) {
                throw new IOException("too many files, and none of them is looked at: allowed=" + FILES_MAX);
            }
            for (Path file : all) {
                String name = file.getFileName().toString();
                if (ConnectorFile.isOne(name) && Files.isRegularFile(file)) {
                    var attributes = Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class);
                    stamps.put(
                            name,
                            new Stamp(
                                    attributes.size(),
                                    attributes.lastModifiedTime().toMillis(),
                                    attributes.fileKey()));
                }
            }
        }
        return stamps;
    }

    private Future<Void> applyAll(Map<String, Stamp> now, Set<String> ready) {
        Future<Void> done = Future.succeededFuture();
        for (String name : List.copyOf(new java.util.TreeSet<>(ready))) {
            done = done.compose(before -> vertx.executeBlocking(() -> read(name), false))
                    .compose(this::apply)
                    .map(settled -> {
                        if (settled) {
                            applied.put(name, now.get(name));
                        }
                        return null;
                    });
        }
        return done;
    }

    private FileText read(String name) {
        Path file = directory.resolve(name);
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                return new FileText(name, null, "too large: bytesMax=" + FILE_BYTES_MAX);
            }
            return new FileText(name, Files.readString(file, StandardCharsets.UTF_8), null);
        } catch (IOException failure) {
            return new FileText(name, null, failure.toString());
        }
    }

    /** Completes with whether there is nothing more to do with the file as it stands; else the next look tries again. */
    private Future<Boolean> apply(FileText file) {
        String text = file.text();
        if (text == null) {
            report(file.name(), String.valueOf(file.problem()));
            return Future.succeededFuture(true);
        }
        ConnectorFile connector;
        try {
            connector = ConnectorFile.parse(file.name(), text);
        } catch (IllegalArgumentException wrong) {
            report(file.name(), String.valueOf(wrong.getMessage()));
            return Future.succeededFuture(true);
        }
        String name = connector.config().name();
        String owner = ownerOf(name);
        if (owner != null && !owner.equals(file.name())) {
            report(file.name(), "the connector is in another file already: connector=" + name + " file=" + owner);
            return Future.succeededFuture(true);
        }
        return put(connector, file.name()).transform(outcome -> {
            if (outcome.failed()) {
                report(file.name(), String.valueOf(outcome.cause().getMessage()));
                // What is wrong with it stays wrong; a log that could not store it may do so later.
                return Future.succeededFuture(
                        outcome.cause() instanceof ConnectException refused && refused.status() < 500);
            }
            String before = connectors.put(file.name(), name);
            LOGGER.atInfo().addKeyValue("connector", name).log("connector applied from file {}", file.name());
            Future<Void> renamed =
                    before != null && !before.equals(name) ? remove(before, file.name()) : Future.succeededFuture();
            return renamed.map(true);
        });
    }

    /** What another node's file says as well stays that file's: two with the same files must not take it from each other. */
    private Future<Void> put(ConnectorFile connector, String file) {
        return herder.connectors().compose(known -> {
            ConnectorView there = known.get(connector.config().name());
            boolean others = there != null
                    && !prefix.isEmpty()
                    && there.stored().origin().contains("/")
                    && !there.stored().origin().startsWith(prefix)
                    && there.stored().config().equals(connector.config());
            return others
                    ? Future.succeededFuture()
                    : herder.put(connector.config(), true, connector.initial(), prefix + file)
                            .mapEmpty();
        });
    }

    private @Nullable String ownerOf(String connector) {
        for (Map.Entry<String, String> known : connectors.entrySet()) {
            if (known.getValue().equals(connector) && seen.containsKey(known.getKey())) {
                return known.getKey();
            }
        }
        return null;
    }

    /** A file counts as removed when two looks in a row miss it: editors replace files by way of a moment without. */
    private Future<Void> removeGone(Map<String, Stamp> now, Map<String, Stamp> before) {
        Future<Void> done = Future.succeededFuture();
        for (Map.Entry<String, String> known : List.copyOf(connectors.entrySet())) {
            String file = known.getKey();
            if (!now.containsKey(file) && !before.containsKey(file)) {
                applied.remove(file);
                connectors.remove(file);
                boolean moved = connectors.containsValue(known.getValue());
                if (!moved) {
                    done = done.compose(removed -> remove(known.getValue(), file));
                }
            }
        }
        return done;
    }

    private Future<Void> remove(String connector, String file) {
        return herder.connector(connector)
                .compose(known -> known.stored().origin().equals(prefix + file)
                        ? herder.delete(connector)
                        : Future.failedFuture(new ConnectException(404, "it is not from this file any more")))
                .transform(outcome -> {
                    boolean absent = outcome.failed()
                            && outcome.cause() instanceof ConnectException refused
                            && refused.status() == 404;
                    if (outcome.failed() && !absent) {
                        LOGGER.atWarn()
                                .addKeyValue("connector", connector)
                                .addKeyValue("error", String.valueOf(outcome.cause()))
                                .log("a connector whose file was removed could not be deleted");
                    } else {
                        LOGGER.atInfo().addKeyValue("connector", connector).log("connector removed with its file");
                    }
                    return Future.succeededFuture();
                });
    }

    private static void report(String file, String problem) {
        LOGGER.atError().addKeyValue("error", problem).log("a connector's file is wrong and changes nothing: {}", file);
    }
}
