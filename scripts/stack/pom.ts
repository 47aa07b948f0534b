/** Everything of the stack that isn't an npm package, with its versions; the cache is named after this text. */
export const POM = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>boxoffice</groupId>
  <artifactId>local-stack</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.4.0</version></dependency>
    <!-- Without a binding the broker logs nothing at all. -->
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.5</version></dependency>
  </dependencies>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>3.8.1</version>
    <executions>
      <execution>
        <id>kafka</id><phase>process-resources</phase><goals><goal>copy-dependencies</goal></goals>
        <configuration><includeScope>runtime</includeScope><outputDirectory>\${target}/kafka</outputDirectory></configuration>
      </execution>
      <execution>
        <id>registry-and-redis</id><phase>process-resources</phase><goals><goal>unpack</goal></goals>
        <configuration>
          <!-- Beside what they mark: else a deleted cache would not be filled again. -->
          <markersDirectory>\${target}/markers</markersDirectory>
          <artifactItems>
            <artifactItem>
              <groupId>io.apicurio</groupId><artifactId>apicurio-registry-app</artifactId><version>3.3.3</version>
              <type>tar.gz</type><classifier>all</classifier><outputDirectory>\${target}/registry</outputDirectory>
            </artifactItem>
            <artifactItem>
              <groupId>com.github.codemonstur</groupId><artifactId>embedded-redis</artifactId><version>1.4.4</version>
              <includes>redis-server-*</includes><outputDirectory>\${target}/redis</outputDirectory>
            </artifactItem>
          </artifactItems>
        </configuration>
      </execution>
    </executions>
  </plugin></plugins></build>
</project>
`;

/** How many files Maven fetches into an empty repository, plugins included: the progress bar's length. */
export const DOWNLOADS = 345;
