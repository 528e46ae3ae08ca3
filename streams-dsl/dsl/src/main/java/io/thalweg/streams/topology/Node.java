package io.thalweg.streams.topology;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operator of a topology.
 *
 * @param id unique in the application. The name that the user gave it, else the id upstream and the operator's word
 *     ({@code lines/filter}), so that adding an operator elsewhere renames nothing
 * @param op the operator, as in {@code filter}, {@code aggregate}, {@code source}, {@code sink}
 * @param params what the operator was told, as far as it is data: topics, durations, names
 * @param inputs none for a source; two for a join, the left one first
 * @param stores names of the stores it uses
 * @param keySerde name of the key's serde at this node's output, null where it is not known
 * @param valueSerde name of the value's serde at this node's output, null where it is not known
 */
public record Node(
        String id,
        String op,
        JsonObject params,
        List<Input> inputs,
        List<String> stores,
        @Nullable String keySerde,
        @Nullable String valueSerde,
        NodeBehaviour behaviour) {

    public Node {
        inputs = List.copyOf(inputs);
        stores = List.copyOf(stores);
        params = params.copy();
    }

    public JsonObject toJson() {
        JsonArray from = new JsonArray();
        JsonArray ports = new JsonArray();
        boolean ported = false;
        for (Input input : inputs) {
            from.add(input.node());
            ports.add(input.port());
            ported |= !input.port().isEmpty();
        }
        JsonObject json = new JsonObject()
                .put("id", id)
                .put("op", op)
                .put("params", params.copy())
                .put("inputs", from);
        if (ported) {
            json.put("ports", ports);
        }
        return json.put("stores", new JsonArray(stores))
                .put("serdes", new JsonObject().put("key", keySerde).put("value", valueSerde));
    }
}
