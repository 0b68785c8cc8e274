"""The reader's addresses. The two of sections and stories stand last: they would catch the others."""

from __future__ import annotations

from django.urls import path

from articles.reader import complaints, going, views

app_name = "reader"
urlpatterns = [
    path("", views.home, name="home"),
    path("feeds/rss.xml", views.rss, name="rss"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("news-sitemap.xml", views.news_sitemap, name="news-sitemap"),
    path("about/<slug:page>/", views.about, name="about"),
    path("go/<int:pk>/", going.go, name="go"),
    path("corrections/", views.corrections, name="corrections"),
    path("complaints/", complaints.complain, name="complain"),
    path("complaints/send/", complaints.send, name="complaint-send"),
    path("complaints/thanks/", complaints.thanks, name="complaint-thanks"),
    path("complaints/<slug:section>/<slug:slug>/", complaints.complain_about, name="complain-about"),
    path("<slug:section>/feed.xml", views.section_rss, name="section-rss"),
    path("<slug:section>/", views.section, name="section"),
    path("<slug:section>/<slug:slug>/", views.story, name="story"),
]
