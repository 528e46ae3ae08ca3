package io.thalweg.launcher.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.launcher.config.SettingsException;
import io.thalweg.launcher.config.SettingsLoader;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileBudgetTest {
    /** Of a process that has made its event loops. */
    private static final int FILES_OPEN = 64;

    private static NodeConfig config() throws SettingsException {
        return NodeConfig.from(new SettingsLoader().load());
    }

    @Test
    void whatFitsIsLeftAsItIsConfigured() throws SettingsException {
        NodeConfig config = config();

        FileBudget budget = FileBudget.of(config, 1_048_576, FILES_OPEN);

        assertThat(budget.broker(config.broker())).isEqualTo(config.broker());
        assertThat(budget.kafka(Objects.requireNonNull(config.kafka()))).isEqualTo(config.kafka());
        assertThat(budget.http(Objects.requireNonNull(config.http())).limits())
                .isEqualTo(config.http().limits());
        assertThat(budget.eventBus(Objects.requireNonNull(config.eventBus()))).isEqualTo(config.eventBus());
    }

    @ParameterizedTest
    @ValueSource(longs = {256, 512, 1_024, 4_096, 20_000})
    void logAndClientsTogetherLeaveTheReserveAlone(long filesMax) throws SettingsException {
        NodeConfig config = config();

        FileBudget budget = FileBudget.of(config, filesMax, FILES_OPEN);

        int log = budget.broker(config.broker()).openFilesMax();
        int clients = budget.kafka(Objects.requireNonNull(config.kafka())).connectionsMax()
                + budget.http(Objects.requireNonNull(config.http())).limits().connectionsMax()
                + budget.eventBus(Objects.requireNonNull(config.eventBus())).connectionsMax();
        assertThat(log + budget.socketsMax())
                .isLessThanOrEqualTo((int) filesMax - FILES_OPEN - FileBudget.OTHERS - FileBudget.RESERVE);
        assertThat(clients + FileBudget.UNDECIDED).isLessThanOrEqualTo(budget.socketsMax());
        assertThat(log).isGreaterThanOrEqualTo(8);
        assertThat(clients).isGreaterThanOrEqualTo(24);
    }
}
