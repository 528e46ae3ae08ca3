package io.thalweg.launcher.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.thalweg.broker.BrokerConfig;
import io.thalweg.gateway.eventbus.EventBusGatewayConfig;
import io.thalweg.gateway.http.HttpGatewayConfig;
import io.thalweg.gateway.kafka.KafkaGatewayConfig;
import io.thalweg.launcher.config.SettingsException;
import io.thalweg.launcher.config.SettingsLoader;
import io.thalweg.launcher.verticle.VerticleConfig;
import io.vertx.core.ThreadingModel;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeConfigTest {

    @Test
    void theSchemasDefaultsAreTheModulesDefaults() throws SettingsException {
        NodeConfig config = NodeConfig.from(new SettingsLoader().load());

        assertThat(config.broker()).isEqualTo(BrokerConfig.defaults(Path.of("data")));
        assertThat(config.kafka()).isEqualTo(KafkaGatewayConfig.defaults());
        assertThat(config.eventBus()).isEqualTo(EventBusGatewayConfig.defaults());
        HttpGatewayConfig http = HttpGatewayConfig.defaults();
        assertThat(config.http())
                .usingRecursiveComparison()
                .ignoringFields("metricsText", "readiness")
                .isEqualTo(http);
    }

    @Test
    void aDoorThatIsSwitchedOffHasNoConfiguration() throws SettingsException {
        NodeConfig config = NodeConfig.from(new SettingsLoader()
                .set("kafka.enabled=false")
                .set("http.enabled=false")
                .load());

        assertThat(config.kafka()).isNull();
        assertThat(config.http()).isNull();
        assertThat(config.eventBus()).isNotNull();
    }

    @Test
    void aVerticleIsOneInstanceOnThreadsOfItsOwnUnlessItSaysOtherwise() throws SettingsException {
        NodeConfig config = NodeConfig.from(new SettingsLoader()
                .set("verticles=[{\"name\": \"java:com.acme.Clicks\", \"config\": {\"topic\": \"clicks\"}}]")
                .load());

        assertThat(config.verticles())
                .containsExactly(new VerticleConfig(
                        "com.acme.Clicks",
                        "com.acme.Clicks",
                        1,
                        ThreadingModel.WORKER,
                        4,
                        List.of(),
                        new JsonObject().put("topic", "clicks")));
    }

    @Test
    void aDoorOpenToTheNetworkIsRefusedUnlessInsecureWasAskedFor() throws SettingsException {
        SettingsLoader open = new SettingsLoader().set("kafka.host=0.0.0.0");

        SettingsException refusal = catchThrowableOfType(SettingsException.class, () -> BindPolicy.check(open.load()));

        assertThat(refusal).hasMessageContaining("kafka.host").hasMessageContaining("--insecure");
        BindPolicy.check(open.flag("security.insecure", "true", "--insecure").load());
    }

    @Test
    void aClosedDoorMayNameAnyAddress() throws SettingsException {
        BindPolicy.check(new SettingsLoader()
                .set("kafka.host=0.0.0.0")
                .set("kafka.enabled=false")
                .load());
    }
}
