package io.thalweg.streams;

import io.thalweg.streams.processor.StatelessOperators;
import io.thalweg.streams.topology.Input;
import io.thalweg.streams.topology.TopologyBuilder;
import io.thalweg.streams.topology.TopologyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** A stream being parted: each record goes to the first branch whose predicate holds, and nowhere if none does. */
public final class Branches<K, V> {

    private final Stream<K, V> stream;
    private final String name;
    private final List<String> names = new ArrayList<>();
    private final List<BiPredicate<Object, Object>> predicates = new ArrayList<>();
    private @Nullable String closedBy;

    Branches(Stream<K, V> stream, String name) {
        this.stream = stream;
        this.name = TopologyBuilder.name("branch", name);
    }

    public Branches<K, V> when(String branch, BiPredicate<? super K, ? super V> predicate) {
        if (closedBy != null || names.contains(branch)) {
            throw new TopologyException("branch=" + name + " cannot take " + branch
                    + (closedBy == null ? "; the name is taken" : "; it was ended by " + closedBy));
        }
        names.add(TopologyBuilder.name("branch", branch));
        predicates.add(Untyped.cast(predicate));
        return this;
    }

    /** The branch of all other records; ends the list. */
    public Branches<K, V> otherwise(String branch) {
        when(branch, (key, value) -> true);
        closedBy = "otherwise(" + branch + ")";
        return this;
    }

    /** One of the branches; the first call ends the list. */
    public Stream<K, V> get(String branch) {
        if (!names.contains(branch)) {
            throw new TopologyException("branch=" + name + " has no " + branch + ", found " + names);
        }
        if (stream.app().builder().node(name) == null) {
            closedBy = "get(" + branch + ")";
            stream.addNode(
                    name,
                    "branch",
                    new JsonObject().put("branches", new JsonArray(List.copyOf(names))),
                    List.of(stream.output()),
                    List.of(),
                    StatelessOperators.branch(List.copyOf(names), List.copyOf(predicates)),
                    stream.keySerdeOrNull(),
                    stream.valueSerdeOrNull());
        }
        return new Stream<>(
                stream.app(),
                new Input(name, branch),
                stream.keySerdeOrNull(),
                stream.valueSerdeOrNull(),
                stream.keyChanged());
    }
}
