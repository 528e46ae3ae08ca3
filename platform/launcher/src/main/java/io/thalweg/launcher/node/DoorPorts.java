package io.thalweg.launcher.node;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * The ports that were bound; null for a door that is closed.
 *
 * @param cluster where other nodes join; null for a node alone
 */
public record DoorPorts(
        @Nullable Integer http,
        @Nullable Integer kafka,
        @Nullable Integer eventBus,
        @Nullable Integer cluster,
        int nodeId) {

    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        if (http != null) {
            json.put("http", http);
        }
        if (kafka != null) {
            json.put("kafka", kafka);
        }
        if (eventBus != null) {
            json.put("eventBus", eventBus);
        }
        if (cluster != null) {
            json.put("cluster", cluster);
        }
        return json.put("nodeId", nodeId);
    }

    /** Writes the ports so that a reader sees all of the file or none. Blocks on disk. */
    public void write(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path temporary = absolute.resolveSibling(absolute.getFileName() + ".tmp");
        Files.writeString(temporary, toJson().encode() + "\n");
        Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
