<?xml version="1.0" encoding="utf-8"?>
<!-- Makes a sample's project independent: replaces project references with package versions, and removes linked files. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output omit-xml-declaration="yes" indent="yes" />
  <xsl:strip-space elements="*" />
  <xsl:param name="version" />
  <xsl:param name="root" />

  <xsl:variable name="common" select="document(concat($root, 'Directory.Build.props'))/Project/PropertyGroup" />
  <xsl:variable name="versions" select="document(concat($root, 'Directory.Packages.props'))/Project/ItemGroup/PackageVersion" />

  <xsl:template match="@* | node()">
    <xsl:copy>
      <xsl:apply-templates select="@* | node()" />
    </xsl:copy>
  </xsl:template>

  <xsl:template match="Project/PropertyGroup[1]">
    <xsl:copy>
      <xsl:copy-of select="$common/TargetFramework | $common/Nullable | $common/ImplicitUsings | $common/InvariantGlobalization | $common/GenerateDocumentationFile" />
      <xsl:apply-templates select="@* | node()" />
    </xsl:copy>
  </xsl:template>

  <xsl:template match="ProjectReference">
    <PackageReference Include="{substring-before(substring-after(substring-after(@Include, 'src/'), '/'), '.csproj')}" Version="{$version}" />
  </xsl:template>

  <xsl:template match="PackageReference">
    <PackageReference Include="{@Include}" Version="{$versions[@Include = current()/@Include]/@Version}" />
  </xsl:template>

  <!-- Linked files are copied into the project. -->
  <xsl:template match="ItemGroup[Compile]" />
</xsl:stylesheet>
