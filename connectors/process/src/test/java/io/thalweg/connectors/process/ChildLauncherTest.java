package io.thalweg.connectors.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.connectors.api.SourceTaskContext;
import io.thalweg.connectors.process.child.ChildCommand;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildLauncherTest {

    private static final Map<String, byte[]> SECRET =
            Map.of("--config", "{\"password\":\"canary\"}".getBytes(StandardCharsets.UTF_8));

    @TempDir
    Path parent;

    private final Vertx vertx = Vertx.vertx();
    private ChildLauncher launcher;

    @BeforeEach
    void make() {
        SourceTaskContext context = FakeContexts.source(vertx, new JsonObject().put("command", "python3 x"), null);
        launcher = new ChildLauncher(context, ProcessConfig.of(context), new PrivateDirectories(parent));
    }

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void filesAreTheOwnersAloneAndGoWithTheTask() throws Exception {
        ChildCommand command = await(launcher.prepare(SECRET));
        Path file = Path.of(command.arguments().get(command.arguments().indexOf("--config") + 1));
        assertThat(Files.readString(file)).contains("canary");
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        await(launcher.release(null));
        assertThat(parent).isEmptyDirectory();
    }

    /** A child that was being started when its task was stopped: its files would stay for good. */
    @Test
    void nothingIsWrittenOnceTheTaskWasReleased() throws Exception {
        await(launcher.release(null));
        assertThatThrownBy(() -> await(launcher.prepare(SECRET))).hasMessageContaining("stopped");
        assertThat(parent).isEmptyDirectory();
    }
}
